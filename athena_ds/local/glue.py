"""Glue in front of moto: paging, folded names, and the operations engines need that moto has not."""

from __future__ import annotations

from collections.abc import Iterable

from athena_ds.local.iam.answer import StartResponse
from athena_ds.local.iam.operation import Environ
from athena_ds.local.listener import WSGI


class Glue:
    """The WSGI layer over moto's Glue of one account."""

    def __init__(self, app: WSGI, *, account: str) -> None:
        self.app, self.account = app, account

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return self.app(environ, start_response)
