"""What a data source on the embedded endpoint is connected with. The one place that crosses to `athena_ds.local`."""

from __future__ import annotations

import atexit
from threading import Lock
from typing import TYPE_CHECKING, Any

from .connection.config import DataSourceConfig
from .connection.credentials import AccessKey, SecretStr
from .errors import MissingExtraError, NotFoundError, ParameterError

if TYPE_CHECKING:
    from .aws import Door

_RESULTS_BUCKET = "athena-ds-results"
_RESULTS_PATH = "query-results"
_lock = Lock()
_shared: list[Any] = []


def config(endpoint: Any, *, database: str) -> DataSourceConfig:
    """The connection fields of a database on an endpoint."""
    return DataSourceConfig(
        region=endpoint.region,
        database=database,
        results_bucket=_RESULTS_BUCKET,
        results_path=_RESULTS_PATH,
        endpoint_url=endpoint.endpoint_url,
        expected_bucket_owner=endpoint.account_id,
    )


def credentials(endpoint: Any) -> AccessKey:
    """An endpoint's own key."""
    secret = SecretStr(endpoint.secret_access_key)
    return AccessKey(access_key_id=endpoint.access_key_id, secret_access_key=secret)


def check_endpoint(endpoint: object) -> None:
    """Let an endpoint of this process pass.

    Raises:
        ParameterError: For an address, as that of one in another process.
    """
    if not hasattr(endpoint, "secret_access_key"):
        said = f"local() takes a LocalAthena of this process, not {type(endpoint).__name__}."
        remedy = "One of another process is reached with from_access_key(..., endpoint_url=...): it prints its key."
        raise ParameterError(said, remedy=remedy)


def ensure_bucket(door: Door, fields: DataSourceConfig) -> None:
    """The endpoint lives in this process and begins empty; on AWS no bucket is ever created."""
    place = None if fields.region == "us-east-1" else {"LocationConstraint": fields.region}
    try:
        door.call("s3:HeadBucket", Bucket=fields.results_bucket)
    except NotFoundError:
        door.call("s3:CreateBucket", Bucket=fields.results_bucket, CreateBucketConfiguration=place)


def endpoint_of_the_process() -> Any:
    """The one endpoint that all data sources share which name none; started with the first of them.

    Raises:
        MissingExtraError: When the extra `local` is not installed.
    """
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
