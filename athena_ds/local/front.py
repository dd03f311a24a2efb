"""The one door: whose request it is, which service it is for, and what is refused before anybody looks at it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from athena_ds.local import state
from athena_ds.local.faults import PATH
from athena_ds.local.guest import Guest, GuestGlue
from athena_ds.local.http.answer import WSGI, StartResponse
from athena_ds.local.http.operation import Environ, requested
from athena_ds.local.iam.denial import error

_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


@cache
def moto() -> WSGI:
    """The services of moto as one WSGI application: the process's, while the accounts in them are each endpoint's."""
    state.prepare()
    return _Honest(_Dispatcher())


class _Dispatcher(DomainDispatcherApplication):
    """Finds the service of a host once; moto's own looks through all its folders, and its patterns, each time."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._found = lru_cache(maxsize=256)(super().get_backend_for_host)

    def get_backend_for_host(self, host: str | None) -> Any:
        return self._found(host)


class _Honest:
    """Says what moto has not: an error of the service's own shape instead of a page of HTML."""

    def __init__(self, app: WSGI) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self.app(environ, start_response)
        except NotImplementedError as missing:
            operation = requested(environ)
            message = f"The local endpoint does not implement {operation}: {missing}"
            answer = error(operation, code="NotImplemented", message=message, status=501)
            return answer.send(start_response, head=environ["REQUEST_METHOD"] == "HEAD")


class LoopbackOnly:
    """Refuses what a web page could send: a foreign `Host` (DNS rebinding) and cross-origin requests of a browser."""

    def __init__(self, app: WSGI, *, names: frozenset[str] = _NAMES) -> None:
        self.app, self.names = app, names

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
        if name.lower() not in self.names:
            return _refuse(start_response, "this endpoint answers only on 127.0.0.1 and localhost")
        if _of_a_page(environ):
            return _refuse(start_response, "this endpoint answers no web pages")
        return self.app(environ, start_response)


class FarCallers:
    """For an endpoint beyond loopback, whose every request is signed and judged: it may go by any name.

    Faults and counts, which need no key, are for callers on this machine only.
    """

    def __init__(self, app: WSGI) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if _of_a_page(environ):
            return _refuse(start_response, "this endpoint answers no web pages")
        own = str(environ.get("PATH_INFO", "")).startswith(PATH)
        if own and not is_loopback(str(environ.get("REMOTE_ADDR", ""))):
            return _refuse(start_response, f"{PATH} answers callers on the endpoint's own machine only")
        return self.app(environ, start_response)


def is_loopback(host: str) -> bool:
    """Whether only this machine is meant."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _of_a_page(environ: Environ) -> bool:
    """Whether a browser sent it for a page of another origin."""
    return "HTTP_ORIGIN" in environ or environ.get("HTTP_SEC_FETCH_SITE", "none") != "none"


def _refuse(start_response: StartResponse, message: str) -> Iterable[bytes]:
    body = json.dumps({"message": message}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Connection", "close")]
    start_response("403 Forbidden", headers)
    return [body]


class Front:
    """Sends a request to Athena, Glue or S3 of this account, or to moto as it is (STS, IAM, KMS, ...).

    `staged` is the S3 of the account in which a guest writes.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        account: str,
        athena: WSGI,
        glue: WSGI,
        s3: WSGI,
        guest: Guest | None = None,
        staged: WSGI | None = None,
    ) -> None:
        self.account, self.athena, self.s3, self.guest = account, athena, s3, guest
        self.glue = glue if guest is None else GuestGlue(glue, guest)
        self.staged = staged or s3

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        staging = None if self.guest is None else self.guest.account(environ)
        environ[state.ACCOUNT_HEADER] = account = staging or self.account
        service = self._service(environ, self.s3 if staging is None else self.staged)
        with state.account(account):
            return service(environ, start_response)

    def _service(self, environ: Environ, s3: WSGI) -> WSGI:
        service = requested(environ).service
        if service == "athena":
            return self.athena
        if service == "glue":
            return self.glue
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(("/moto-api", "/latest/")):
            return _absent
        return s3 if service == "s3" else moto()


def _absent(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []
