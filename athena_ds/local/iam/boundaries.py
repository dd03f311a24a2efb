"""Permissions boundaries of users, which moto does not keep: set, taken away, and given at CreateUser.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from typing import Any, Final

from athena_ds.local.http.answer import WSGI, Answer, query_answer
from athena_ds.local.http.operation import Environ, requested
from athena_ds.local.http.relay import asked
from athena_ds.local.iam.denial import error

OPERATIONS: Final = {"CreateUser", "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary"}


def answer(app: WSGI, environ: Environ, backend: Any) -> Answer | None:
    """What IAM answers; None where moto does alone. The boundary is kept on moto's user, as a role's is on its role."""
    operation = requested(environ)
    given = operation.parameters
    boundary, name = given.get("PermissionsBoundary"), str(given.get("UserName", ""))
    if operation.name == "CreateUser":
        return _created(app, environ, backend, name=name, boundary=boundary) if boundary else None
    user = backend.users.get(name)
    if user is None:
        message = f"The user with name {name} cannot be found."
        return error(operation, code="NoSuchEntity", message=message, status=404)
    if operation.name == "PutUserPermissionsBoundary" and boundary not in backend.managed_policies:
        return error(operation, code="NoSuchEntity", message=f"Policy {boundary} does not exist.", status=404)
    user.permissions_boundary_arn = boundary if operation.name == "PutUserPermissionsBoundary" else None
    return query_answer("iam", operation.name)


def _created(app: WSGI, environ: Environ, backend: Any, *, name: str, boundary: str) -> Answer:
    operation = requested(environ)
    if boundary not in backend.managed_policies:
        return error(operation, code="NoSuchEntity", message=f"Policy {boundary} does not exist.", status=404)
    reply = asked(app, environ)
    if reply.status == 200:
        backend.users[name].permissions_boundary_arn = boundary
    return reply.answer()
