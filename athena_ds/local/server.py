"""LocalAthena: Athena, S3, Glue, IAM and STS on one loopback port, inside this process."""

from __future__ import annotations

import os
import weakref
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from moto.utilities.utils import get_partition

from athena_ds.local import state
from athena_ds.local.athena.region import Surroundings
from athena_ds.local.athena.rights import CallerRights
from athena_ds.local.athena.service import Athena
from athena_ds.local.athena.worker import Workers
from athena_ds.local.engines import lazy
from athena_ds.local.faults import Calls, Faults
from athena_ds.local.front import FarCallers, Front, LoopbackOnly, is_loopback, moto
from athena_ds.local.glue.service import Glue
from athena_ds.local.http.answer import WSGI
from athena_ds.local.http.listener import Listener
from athena_ds.local.iam.callers import Caller, Key, new_secret
from athena_ds.local.iam.guard import Guard
from athena_ds.local.imds import InstanceMetadata
from athena_ds.local.s3.service import S3
from athena_ds.local.scratch import Scratch
from athena_ds.local.seam.run import EVERYTHING, Rights

if TYPE_CHECKING:
    from athena_ds.local.seam.engine import Engine

_EXAMPLE_ID = "AKIAIOSFODNN7EXAMPLE"


class LocalAthena:
    """An endpoint that answers as Athena, Glue, S3, STS and IAM do, until `close()` or the end of the `with` block.

    Every endpoint is an AWS account of its own: two in one process don't meet.

    Args:
        port: the port on 127.0.0.1; 0 takes a free one.
        iam: judge every request by the IAM policies the endpoint holds, and check signatures.
        samples: make the sample database (`nyc`) and its bucket.
        engine: `"duckdb"` (the default, unless the environment's `ATHENA_DS_LOCAL_ENGINE` names another);
            `"trino=http://host:port"`, a real Trino (see `docs/trino.md`); or an engine of your own.
        region: the region the sample data, and requests without one, belong to.
        workers: how many queries run at once; the rest is QUEUED.
        host: the address to listen on. Beyond loopback every machine that reaches this one may try its keys, so it
            needs `iam=True`, which demands a signature of every request; what is sent is not encrypted.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        port: int = 0,
        iam: bool = False,
        samples: bool = True,
        engine: str | Engine | None = None,
        region: str = "us-east-1",
        workers: int = 4,
        host: str = "127.0.0.1",
    ) -> None:
        if not is_loopback(host) and not iam:
            raise ValueError(f"listening on {host}, beyond this machine, needs iam=True: without it anybody is let in")
        self._host = host
        self.region, self.account_id = region, state.next_account()
        self.access_key_id, self.secret_access_key = _EXAMPLE_ID, new_secret()
        self._closing = ExitStack()
        # One left open ends with the process all the same: Python must not end while a query is inside DuckDB.
        self._close = weakref.finalize(self, _close, self._closing, process=os.getpid())
        try:
            self._open(port=port, iam=iam, samples=samples, engine=engine, workers=workers)
        except BaseException:
            self.close()
            raise

    def _open(self, *, port: int, iam: bool, samples: bool, engine: str | Engine | None, workers: int) -> None:
        """Everything an endpoint holds; each part says how it is given back."""
        self._scratch = Scratch()
        self._closing.callback(self._scratch.close)
        self._closing.callback(state.forget, self.account_id)
        region = self.region
        self.faults = Faults(region=region)
        self.guard = Guard(account=self.account_id, region=region, root=self._root(), enforce=iam)
        self._engine = lazy(engine, region=region)
        self._closing.callback(self._engine.close)
        self.athena = Athena(self._surroundings(workers))
        self._closing.callback(self.athena.close)
        self.guard.workgroup_of, self.guard.judge.tags_of = self.athena.workgroup_of, self.athena.tags_of
        self._s3 = S3(moto(), account=self.account_id, partition=get_partition(region))
        self._listener = Listener(self._layers(), host=self._host, port=port)
        self._engine.at(self.endpoint_url)
        self._closing.callback(self._listener.close)
        self._closing.callback(self.faults.close)
        if samples:
            self._add_samples()
        self._listener.start()

    @property
    def endpoint_url(self) -> str:
        """The URL that clients are given; on loopback, unless another host was asked for."""
        host = "127.0.0.1" if self._host in ("", "0.0.0.0", "localhost") else self._host  # noqa: S104
        return f"http://{host}:{self._listener.port}"

    @property
    def calls(self) -> Calls:
        """How often each operation was called, by service and operation.

        For example `local.calls["athena:StartQueryExecution"]`.
        """
        return self.faults.calls

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point boto3, the AWS CLI and other SDKs here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": self.region,
        }

    def close(self) -> None:
        """Stop every query, free the port, and forget all state and files. Closing twice is fine."""
        self._close()

    def instance_metadata(self, role: str | None = None) -> InstanceMetadata:
        """An instance metadata service (IMDSv2) of an instance with this role, on a port of its own, until close."""
        metadata = InstanceMetadata(self.guard.keys, region=self.region, role=role).start()
        self._closing.callback(metadata.stop)
        return metadata

    def __enter__(self) -> LocalAthena:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"LocalAthena({self.endpoint_url!r})"

    def _surroundings(self, workers: int) -> Surroundings:
        return Surroundings(
            account=self.account_id,
            scratch=self._scratch.path,
            executor=self._engine.executor,
            rights=self._rights,
            workers=Workers(workers),
        )

    def _rights(self, caller: Caller) -> Rights:
        return CallerRights(self.guard.authorize(caller)) if self.guard.enforce else EVERYTHING

    def _layers(self) -> WSGI:
        """From the outside in: loopback only, faults, the guard, the services."""
        guest, staged = self._engine.guest, None
        if guest is not None:
            arn = f"arn:{get_partition(self.region)}:iam::{self.account_id}:root"
            self.faults.spared = guest.key.access_key_id
            self.guard.keys.add(replace(guest.key, arn=arn, user_id=self.account_id))
            staged = S3(moto(), account=guest.staging.account, partition=get_partition(self.region))
        services = Front(
            account=self.account_id,
            athena=self.athena,
            glue=Glue(moto()),
            s3=self._s3,
            guest=guest,
            staged=staged,
        )
        everything = self.faults.wrap(self._s3.regions_told(self.guard.wrap(services)))
        return LoopbackOnly(everything) if is_loopback(self._host) else FarCallers(everything)

    def _root(self) -> Key:
        return Key(access_key_id=self.access_key_id, secret_access_key=self.secret_access_key, kind="root")

    def _add_samples(self) -> None:
        from athena_ds.local.samples import add_samples  # noqa: PLC0415

        add_samples(account_id=self.account_id, region=self.region)
        self._s3.made_by_hand()


def _close(holdings: ExitStack, *, process: int) -> None:
    """Give everything back, in the process that took it: a forked one ends without its parent's endpoint."""
    if os.getpid() == process:
        holdings.close()
