"""A data source on the embedded endpoint. The one place that crosses to `athena_ds.local`, and only when asked."""

from __future__ import annotations

import atexit
from threading import Lock
from typing import TYPE_CHECKING, Any

from .config import DataSourceConfig
from .credentials import AccessKey, SecretStr
from .errors import MissingExtraError

if TYPE_CHECKING:
    from .datasource import AthenaDataSource

_RESULTS_PATH = "query-results"
_lock = Lock()
_shared: list[Any] = []


def data_source(kind: type[AthenaDataSource], endpoint: Any = None, *, database: str) -> AthenaDataSource:
    """A data source on this endpoint, or on the process's own."""
    running = endpoint or _shared_endpoint()
    config = DataSourceConfig(
        region=running.region,
        database=database,
        results_bucket=running.results_bucket,
        results_path=_RESULTS_PATH,
        endpoint_url=running.endpoint_url,
        expected_bucket_owner=running.account_id,
    )
    secret = SecretStr(running.secret_access_key)
    return kind(config=config, credentials=AccessKey(access_key_id=running.access_key_id, secret_access_key=secret))


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
