"""The one door to AWS: every call of this package passes through `Door.call`."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from threading import Lock, RLock
from typing import Any
from weakref import WeakSet, WeakValueDictionary

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ..connection.credentials import AssumeRole, Credentials
from ..connection.partitions import Arns, partition_of
from ..connection.redaction import guard_loggers
from ..errors import AthenaDSError, ExpiredCredentialsError, InvalidRequestError, NotFoundError
from . import recorder
from .actions import call_of
from .clients import EndpointSession, client_config, endpoint_in_use, refuse_cut_answer
from .identity import core_session, identity_key, renewable
from .patience import RATES, Budget, Pace, Patience, retrying
from .plain import read_plainly
from .setbacks import Setback, Setbacks
from .translate import translated, without_frames

Answer = dict[str, Any]
_USUAL = Patience()
# Credentials may be replaced once more while the new ones were asked for.
_RENEWALS = 2
_SERVICES = ("athena", "glue", "s3", "sts")
# Doors kept for who asks again in a moment, as forms do while they are filled in.
_LATEST = 8
_TOKENS = {"s3:ListObjectsV2": ("ContinuationToken", "NextContinuationToken")}


class Door:
    """One identity's way to AWS in one region. Made by `door_for`, one a process and identity.

    Args:
        credentials: Who asks.
        region: Where.
        endpoint_url: Another endpoint than AWS's own, for all services.
        patience: How long to try.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        region: str,
        endpoint_url: str | None = None,
        patience: Patience = _USUAL,
    ) -> None:
        self.credentials = credentials
        self.region = region
        self.endpoint_url = endpoint_url
        self.patience = patience
        self.sleep: Callable[[float], None] = time.sleep
        self.begin_anew()

    def begin_anew(self) -> None:
        """Hold no connection, lock or count: in a forked process these are its parent's."""
        self._lock = RLock()
        self._clients: dict[str, Any] = {}
        self._session: boto3.Session | None = None
        self._budget = Budget()
        self._hearing: WeakSet[Setbacks] = WeakSet()
        self._paces = {operation: Pace(rate=rate, burst=burst) for operation, (rate, burst) in RATES.items()}

    def __repr__(self) -> str:
        return f"Door(region={self.region!r}, credentials={type(self.credentials).__name__})"

    def call(self, operation: str, /, **params: Any) -> Answer:
        """Make one API call, again when that may help, and say what went wrong in this package's errors.

        Args:
            operation: The API's own operation with its service, as in `glue:GetTables`.
            **params: The operation's own parameters; those that are None are not sent.

        Returns:
            The answer. A streamed `Body` has been read whole and is bytes.

        Raises:
            AthenaDSError: One of `CallError`'s or `CredentialsError`'s kinds.
        """
        sent = {name: value for name, value in params.items() if value is not None}
        if recorder.listening():
            recorder.saw(call_of(operation, sent, arns=self._arns()))
        for renewals_left in reversed(range(_RENEWALS + 1)):
            used = self._session
            try:
                answer = self._tried(operation, sent)
                break
            except ExpiredCredentialsError:
                if not renewals_left or not renewable(self.credentials):
                    raise
                self.renew(used)
        self._budget.earn()
        return answer

    def pages(self, operation: str, /, **params: Any) -> Iterator[Answer]:
        """Make a listing's calls, one page after another, each asked for when the one before has been taken."""
        sent, given = _TOKENS.get(operation, ("NextToken", "NextToken"))
        token: str | None = None
        while True:
            answer = self.call(operation, **params, **{sent: token})
            yield answer
            token = answer.get(given)
            if not token:
                return

    def listed(self, operation: str, key: str, /, **params: Any) -> Iterator[Any]:
        """What stands under this key of the answers, through all pages of a listing."""
        return (each for page in self.pages(operation, **params) for each in page.get(key, []))

    @property
    def session(self) -> boto3.Session:
        """A boto3 session with this identity, region and endpoint."""
        with self._lock:
            if self._session is None:
                core = core_session(self.credentials, assume=self._assume)
                self._session = EndpointSession(
                    botocore_session=core, region_name=self.region, endpoint_url=self.endpoint_url
                )
                self._session.get_credentials()
            return self._session

    @cached_property
    def account(self) -> str:
        """The caller's account, asked for once."""
        return str(self.call("sts:GetCallerIdentity")["Account"])

    def renew(self, ended: boto3.Session | None = None) -> None:
        """Forget the session, so that the next call asks for credentials again.

        Args:
            ended: The one whose credentials ended: where another thread has renewed it since, nothing is forgotten.
        """
        with self._lock:
            if ended is None or self._session is ended:
                self._session = None
                self._clients.clear()

    def hearing(self, told: Callable[[Setbacks], object] | None = None) -> Setbacks:
        """What must be made again from now on, through this door, for as long as the answer is held."""
        heard = Setbacks(told=told)
        with self._lock:
            self._hearing.add(heard)
        return heard

    def _hear(self, setback: Setback) -> None:
        with self._lock:
            hearing = list(self._hearing)
        for each in hearing:
            each.add(setback)

    def warm(self, *services: str) -> None:
        """Make the clients beforehand; building one reads large models from disk."""
        for service in services or _SERVICES:
            self._client(service)

    def _tried(self, operation: str, params: Mapping[str, Any]) -> Answer:
        """Once, and again for as long as that may help."""
        attempt = retrying(self.patience, budget=self._budget, sleep=self.sleep, heard=self._hear)
        try:
            answer: Answer = attempt(self._once, operation, params)
        except (NotFoundError, InvalidRequestError) as error:
            if not _was_deleted(error, tries=attempt.statistics["attempt_number"]):
                raise
            return {}
        return answer

    def _once(self, operation: str, params: Mapping[str, Any]) -> Answer:
        service, _, name = operation.partition(":")
        pace = self._paces.get(operation)
        if pace and (wait := pace.wait()):
            self.sleep(wait)
        answer: Answer = {}
        try:
            answer = getattr(self._client(service), xform_name(name))(**params)
            if hasattr(answer.get("Body"), "read"):
                answer["Body"] = answer["Body"].read()
        except AthenaDSError:
            raise
        except (ClientError, BotoCoreError, ResponseParserError, OSError) as error:
            endpoint = self._endpoint_of(service)
            told = translated(error, operation=operation, endpoint=endpoint, params=params)
            raise told from without_frames(error)
        except (TypeError, ValueError, AttributeError, LookupError) as error:
            # botocore's parsers take an answer's shape for granted.
            told = translated(ResponseParserError(), operation=operation, endpoint=self._endpoint_of(service))
            raise told from without_frames(error)
        except BaseException as error:
            # An interrupt inside urllib3 would carry frames that hold the signed request.
            without_frames(error)
            if (close := getattr(answer.get("Body"), "close", None)) is not None:
                close()
            raise error.with_traceback(None) from None
        return answer

    def _client(self, service: str) -> Any:
        client = self._clients.get(service)
        if client is None:
            with self._lock:
                # Another thread may have made it meanwhile; what is made twice would be read twice.
                client = self._clients.get(service) or self._new_client(service)
                self._clients[service] = client
        return client

    def _new_client(self, service: str) -> Any:
        client = self.session.client(service, config=self._config(service))
        # In this order: half an answer is refused before anybody reads it.
        client.meta.events.register("before-parse", refuse_cut_answer)
        client.meta.events.register("before-parse", read_plainly)
        guard_loggers()
        return client

    def _config(self, service: str) -> Config:
        return client_config(endpoint_in_use(service, self.endpoint_url), self.patience)

    def _endpoint_of(self, service: str) -> str:
        client = self._clients.get(service)
        url = client.meta.endpoint_url if client is not None else self.endpoint_url
        return str(url or service)

    def _assume(self, role: AssumeRole) -> Answer:
        source = door_for(role.source, region=self.region, endpoint_url=self.endpoint_url)
        return source.call(
            "sts:AssumeRole",
            RoleArn=role.role_arn,
            RoleSessionName=role.session_name,
            ExternalId=role.external_id,
            DurationSeconds=role.duration_seconds,
        )

    def _arns(self) -> Arns:
        partition = partition_of(self.region)
        known = self.__dict__.get("account", "*")
        return Arns(partition=partition.name if partition else "aws", region=self.region, account=known)


def _was_deleted(error: NotFoundError | InvalidRequestError, *, tries: int) -> bool:
    """Whether what is not there was deleted by a try before this one, whose answer was lost."""
    missing = isinstance(error, NotFoundError) or "not found" in error.message
    return missing and tries > 1 and error.operation.partition(":")[2].startswith("Delete")


class _Doors:
    """The doors of this process: each as long as somebody holds it, and the latest few beyond that."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: WeakValueDictionary[tuple[object, ...], Door] = WeakValueDictionary()
        self._latest: deque[Door] = deque(maxlen=_LATEST)

    def door(self, credentials: Credentials, *, region: str, endpoint_url: str | None) -> Door:
        """The one for this identity and place."""
        places = (endpoint_in_use(service, endpoint_url) for service in _SERVICES)
        key = (region, *places, *identity_key(credentials))
        with self._lock:
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = Door(credentials=credentials, region=region, endpoint_url=endpoint_url)
                self._latest.append(found)
            return found

    def forked(self) -> None:
        """In the child: its parent's threads are not here to let go of a lock."""
        self._lock = Lock()
        for each in list(self._known.values()):
            each.begin_anew()


_doors = _Doors()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_doors.forked)


def door_for(credentials: Credentials, *, region: str, endpoint_url: str | None = None) -> Door:
    """The door of this identity, region and endpoint; the same one for the whole process."""
    return _doors.door(credentials, region=region, endpoint_url=endpoint_url)
