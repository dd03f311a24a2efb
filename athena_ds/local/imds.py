"""EC2's instance metadata service, version 2, on a loopback port of its own: a role's temporary credentials.

The credentials are real ones of a role in the endpoint's IAM, known to its STS. The switches are the ways it goes wrong
on real instances. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from athena_ds.local.http.listener import Listener
from athena_ds.local.iam import Key, Session, begin
from athena_ds.local.iam.callers import Keys
from athena_ds.local.iam.sts import stamp

_CREDENTIALS = "/latest/meta-data/iam/security-credentials"
# A client asks anew every few minutes, for as long as an endpoint stands.
_REMEMBERED = 1000
_INSTANCE = "i-0123456789abcdef0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the service behaves.

    `require_token` refuses version 1 requests (401); `token_delay` holds the answer to a token request, as a hop limit
    of 1 does for a container; `code` other than Success says why there are no credentials; `expired` hands out
    credentials that are no longer valid; `seconds` is how long credentials live.
    """

    require_token: bool = True
    token_delay: float = 0.0
    code: str = "Success"
    expired: bool = False
    seconds: int = 21_600


class InstanceMetadata:
    """The metadata service of one instance. Point `AWS_EC2_METADATA_SERVICE_ENDPOINT` at `endpoint`."""

    def __init__(self, keys: Keys, *, region: str, role: str | None = None) -> None:
        self.behaviour = Behaviour()
        self._requests: deque[str] = deque(maxlen=_REMEMBERED)
        self._keys, self._region, self._role = keys, region, role
        self._tokens: dict[str, float] = {}
        self._given: Key | None = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._listener: Listener | None = None

    def __repr__(self) -> str:
        return f"InstanceMetadata(role={self._role!r}, {self.behaviour})"

    @property
    def endpoint(self) -> str:
        """The service's URL on loopback; it must have been started."""
        if self._listener is None:
            raise RuntimeError("the instance metadata service is not running: call start()")
        return f"http://127.0.0.1:{self._listener.port}/"

    @property
    def requests(self) -> list[str]:
        """The latest thousand requests, as `GET /latest/meta-data/instance-id`, the oldest first."""
        return list(self._requests)

    def start(self) -> InstanceMetadata:
        """Listen on a free port of 127.0.0.1."""
        if self._listener is None:
            self._closing.clear()
            self._listener = Listener(self._app)
            self._listener.start()
        return self

    def stop(self) -> None:
        """Free the port; a request that is held back is let go first."""
        self._closing.set()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def set(self, **changes: Any) -> None:
        """Change the behaviour from now on: `set(require_token=False, token_delay=2.0)`."""
        self.behaviour = replace(self.behaviour, **changes)

    def attach(self, role: str) -> None:
        """Attach a role that IAM knows (or the instance profile of that name)."""
        with self._lock:
            self._role, self._given = role, None

    def detach(self) -> None:
        """An instance without a role: the credentials are not found."""
        with self._lock:
            self._role, self._given = None, None

    def rotate(self, *, revoke: bool = False) -> None:
        """The next request gets new credentials. The old ones stay valid until they expire, unless revoked."""
        with self._lock:
            if revoke and self._given is not None:
                self._keys.expire(self._given.access_key_id)
            self._given = None

    def _app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self._requests.append(f"{method} {path}")
        if path == "/latest/api/token":
            status, body = self._token(environ)
        elif not self._admitted(environ):
            status, body = 401, ""
        else:
            status, body = self._read(path)
        data = body.encode()
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(data))), ("Server", "EC2ws")]
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [data]

    def _token(self, environ: dict[str, Any]) -> tuple[int, str]:
        if environ["REQUEST_METHOD"] != "PUT":
            return 405, ""
        if environ.get("HTTP_X_FORWARDED_FOR"):
            return 403, ""
        ttl = environ.get("HTTP_X_AWS_EC2_METADATA_TOKEN_TTL_SECONDS", "")
        if not ttl.isdigit() or not 1 <= int(ttl) <= 21_600:
            return 400, ""
        self._closing.wait(self.behaviour.token_delay)
        token = secrets.token_urlsafe(40)
        now = self._keys.clock().timestamp()
        with self._lock:
            self._tokens = {known: until for known, until in self._tokens.items() if until > now}
            self._tokens[token] = now + int(ttl)
        return 200, token

    def _admitted(self, environ: dict[str, Any]) -> bool:
        token = environ.get("HTTP_X_AWS_EC2_METADATA_TOKEN")
        if token is None:
            return not self.behaviour.require_token
        return self._tokens.get(token, 0.0) > self._keys.clock().timestamp()

    def _read(self, path: str) -> tuple[int, str]:
        role = self._role
        plain: dict[str, str] = {
            "/latest/meta-data/instance-id": _INSTANCE,
            "/latest/meta-data/placement/region": self._region,
            # botocore asks with a slash at the end, which EC2 answers too.
            "/latest/meta-data/placement/availability-zone": f"{self._region}a",
        }
        short = path.rstrip("/")
        if short in plain:
            return 200, plain[short]
        if short == "/latest/dynamic/instance-identity/document":
            document = {"accountId": self._keys.account, "region": self._region, "instanceId": _INSTANCE}
            return 200, json.dumps(document)
        if role is None:
            return 404, ""
        if short == _CREDENTIALS:
            return 200, role
        return (200, self._credentials()) if short == f"{_CREDENTIALS}/{role}" else (404, "")

    def _credentials(self) -> str:
        """The JSON of `security-credentials/role`, with new credentials when the last ones near their end."""
        moment = self._keys.clock()
        if self.behaviour.code != "Success":
            return json.dumps({"Code": self.behaviour.code, "Message": "", "LastUpdated": stamp(moment)})
        with self._lock:
            given = self._given
            if given is None or given.expires is None or (given.expires - moment) < timedelta(minutes=5):
                given = self._given = self._begin()
            if self.behaviour.expired:
                self._keys.expire(given.access_key_id)
                self._given = None
        expires = moment - timedelta(hours=1) if self.behaviour.expired else given.expires
        return json.dumps(
            {
                "Code": "Success",
                "LastUpdated": given.issued,
                "Type": "AWS-HMAC",
                "AccessKeyId": given.access_key_id,
                "SecretAccessKey": given.secret_access_key,
                "Token": given.session_token,
                "Expiration": stamp(expires),
            }
        )

    def _begin(self) -> Key:
        backend = self._keys.backend(self._region)
        profile = next((one for one in list(backend.instance_profiles.values()) if one.name == self._role), None)
        name = profile.roles[0].name if profile is not None and profile.roles else self._role
        role = next((one for one in list(backend.roles.values()) if one.name == name), None)
        if role is None:
            raise LookupError(f"IAM has no role {name!r}: create it before attaching it")
        session = Session(role_arn=role.arn, name=_INSTANCE, seconds=self.behaviour.seconds)
        return begin(self._keys, session, region=self._region)
