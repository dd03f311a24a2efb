"""moto's state, held apart: each endpoint is an AWS account of its own, and goes when the endpoint closes.

moto keeps its backends in module globals keyed by account, reads `AWS_PROFILE` to list regions and services, and lets
any account see any bucket. Everything that touches this is here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any

import boto3
import botocore.session
import moto.core.utils
from moto.core.base_backend import AccountSpecificBackend, BackendDict, backend_lock
from moto.core.responses import BaseResponse
from moto.s3.models import FakeBucket, FakeKey, s3_backends

ACCOUNT_HEADER = "HTTP_X_MOTO_ACCOUNT_ID"
"""The WSGI name of the header moto takes a request's account from. Only the front sets it."""

_FIRST_ACCOUNT = 123456789012
_numbers = count()
_here = threading.local()


class _Buckets(MutableMapping[str, tuple[str, str]]):
    """moto's list of who owns which bucket, one list an account: endpoints may use the same bucket names."""

    def __init__(self) -> None:
        self.lists: dict[str, dict[str, tuple[str, str]]] = {}

    @property
    def _own(self) -> dict[str, tuple[str, str]]:
        return self.lists.setdefault(getattr(_here, "account", ""), {})

    def __getitem__(self, name: str) -> tuple[str, str]:
        return self._own[name]

    def __setitem__(self, name: str, owner: tuple[str, str]) -> None:
        self._own[name] = owner

    def __delitem__(self, name: str) -> None:
        del self._own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


@contextmanager
def account(account_id: str) -> Iterator[None]:
    """Inside, this thread's calls into moto's S3 backend see this account's buckets only."""
    before = getattr(_here, "account", "")
    _here.account = account_id
    try:
        yield
    finally:
        _here.account = before


@cache
def prepare() -> None:
    """Teach moto, once a process, that accounts do not meet and that the user's AWS configuration is not its own."""
    found = _Buckets()
    found.update(s3_backends.bucket_accounts)
    theirs = BaseResponse.get_current_account
    changes: tuple[tuple[Any, str, Any], ...] = (
        (s3_backends, "bucket_accounts", found),
        (FakeKey, "etag", property(_etag)),
        (AccountSpecificBackend, "get_session", classmethod(lambda _: _session())),
        (moto.core.utils, "Session", _session),
        (BaseResponse, "get_current_account", lambda self: self.headers.get("x-moto-account-id") or theirs(self)),
    )
    for owner, name, ours in changes:
        setattr(owner, name, ours)


_digested: Any = vars(FakeKey)["etag"].fget


def _etag(key: FakeKey) -> str:
    """The object's ETag. moto reads the buffer for it without the lock that readers of ranges hold."""
    if key._etag is not None:
        return f'"{key._etag}"'
    with key.lock:
        return str(_digested(key))


@cache
def _session() -> boto3.Session:
    """A session that reads neither `AWS_PROFILE` nor a configuration file: moto asks it for names only."""
    unset = (None, None, None, None)
    empty = (None, None, os.devnull, None)
    return boto3.Session(
        botocore_session=botocore.session.Session(
            {"profile": unset, "config_file": empty, "credentials_file": empty, "data_path": unset, "region": unset}
        )
    )


def next_account() -> str:
    """An account id no other endpoint of this process has: 123456789012, then 123456789013, ..."""
    return str(_FIRST_ACCOUNT + next(_numbers))


def forget(account_id: str) -> None:
    """Drop everything moto keeps for an account, and its objects' buffers."""
    with backend_lock:
        instances: list[Any] = list(BackendDict._instances)  # type: ignore[misc]
        for backends in instances:
            for backend in list(backends.pop(account_id, {}).values()):
                for bucket in list(getattr(backend, "buckets", {}).values()):
                    _dispose(bucket)
        owners: Any = s3_backends.bucket_accounts
        if isinstance(owners, _Buckets):
            # Otherwise moto was not touched.
            owners.lists.pop(account_id, None)


def _dispose(bucket: FakeBucket) -> None:
    if not isinstance(bucket, FakeBucket):
        return
    for key in bucket.keys.values():
        if isinstance(key, FakeKey):
            key.dispose()
    for upload in bucket.multiparts.values():
        upload.dispose()
