"""A data source on the embedded endpoint. The one place that crosses to `athena_ds.local`, and only when asked."""

from __future__ import annotations

import atexit
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from .connection.config import DataSourceConfig
from .connection.credentials import AccessKey, SecretStr
from .errors import MissingExtraError, NotFoundError

if TYPE_CHECKING:
    from .connected import Connected

_T = TypeVar("_T", bound="Connected")
_RESULTS_BUCKET = "athena-ds-results"
_RESULTS_PATH = "query-results"
_lock = Lock()
_shared: list[Any] = []


def data_source(kind: type[_T], endpoint: Any = None, *, database: str) -> _T:
    """A data source on this endpoint, or on the process's own."""
    running = endpoint or _shared_endpoint()
    config = DataSourceConfig(
        region=running.region,
        database=database,
        results_bucket=_RESULTS_BUCKET,
        results_path=_RESULTS_PATH,
        endpoint_url=running.endpoint_url,
        expected_bucket_owner=running.account_id,
    )
    secret = SecretStr(running.secret_access_key)
    made = kind(config=config, credentials=AccessKey(access_key_id=running.access_key_id, secret_access_key=secret))
    _ensure_bucket(made)
    return made


def _ensure_bucket(made: Connected) -> None:
    """The endpoint lives in this process and begins empty; on AWS no bucket is ever created."""
    bucket, region = made.config.results_bucket, made.config.region
    try:
        made.door.call("s3:HeadBucket", Bucket=bucket)
    except NotFoundError:
        place = None if region == "us-east-1" else {"LocationConstraint": region}
        made.door.call("s3:CreateBucket", Bucket=bucket, CreateBucketConfiguration=place)


def _shared_endpoint() -> Any:
    with _lock:
        if not _shared:
            _shared.append(_started())
            atexit.register(_close)
        return _shared[0]


def _started() -> Any:
    try:
        from .local import LocalAthena  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("athena_ds"):
            raise
        raise MissingExtraError(extra="local", purpose="The embedded endpoint") from error
    return LocalAthena()


def _close() -> None:
    with _lock:
        while _shared:
            _shared.pop().close()
