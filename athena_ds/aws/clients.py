"""How clients of AWS are made: the endpoint in use, one pool of connections, no retries but ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import IncompleteReadError

from .patience import Patience
from .translate import without_frames


class EndpointSession(boto3.Session):  # type: ignore[misc]
    """A boto3 session that remembers an endpoint, for people who go on with boto3 themselves.

    An error of its clients tells which call it was, without the frames below it, which hold the signed request.
    """

    def __init__(self, *, endpoint_url: str | None, **given: Any) -> None:
        super().__init__(**given)
        self.endpoint_url = endpoint_url
        self.events.register("after-call-error", _forget_frames)

    def client(self, service_name: str, **given: Any) -> Any:
        """As boto3's, with this session's endpoint unless another is given."""
        return super().client(service_name, **self._placed(service_name, given))

    def resource(self, service_name: str, **given: Any) -> Any:
        """As boto3's, with this session's endpoint unless another is given."""
        return super().resource(service_name, **self._placed(service_name, given))

    def _placed(self, service: str, given: dict[str, Any]) -> dict[str, Any]:
        placed = dict(given)
        placed.setdefault("endpoint_url", endpoint_in_use(service, self.endpoint_url))
        ours = client_config(placed["endpoint_url"], Patience())
        placed["config"] = ours.merge(placed["config"]) if placed.get("config") else ours
        return placed


def _forget_frames(exception: BaseException, **_: Any) -> None:
    without_frames(exception)


def refuse_cut_answer(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
    """Raise when a body is shorter than announced: botocore's JSON parser would take half an answer for a whole."""
    announced, body = response_dict["headers"].get("content-length"), response_dict["body"]
    if operation_model.http.get("method") == "HEAD" or announced is None or not isinstance(body, bytes):
        return
    if len(body) != int(announced):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(announced))


def endpoint_in_use(service: str, endpoint_url: str | None) -> str | None:
    """The endpoint given, or the one AWS's own variables name; None for AWS itself."""
    named = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
    return endpoint_url or named or None


def client_config(endpoint_url: str | None, patience: Patience) -> Config:
    """One connection pool for all threads, no retries but ours, and no proxy to this very machine."""
    chosen: dict[str, Any] = {
        "max_pool_connections": 64,
        "connect_timeout": patience.connect_timeout,
        "read_timeout": patience.read_timeout,
        "retries": {"total_max_attempts": 1, "mode": "standard"},
        "tcp_keepalive": True,
        "user_agent_extra": "athena-ds",
    }
    if endpoint_url:
        chosen["s3"] = {"addressing_style": "path"}
        if _loopback(urlsplit(endpoint_url).hostname or ""):
            chosen["proxies"] = {}
    return Config(**chosen)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
