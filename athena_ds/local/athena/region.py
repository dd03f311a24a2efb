"""One region of the Athena service: its state, and every operation by its API name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from athena_ds.local.athena.catalogs import Catalogs
from athena_ds.local.athena.executions import KEPT, Executions
from athena_ds.local.athena.files import Files
from athena_ds.local.athena.named import NamedQueries
from athena_ds.local.athena.operations import CallersOperation, for_any_caller
from athena_ds.local.athena.prepared import Prepared
from athena_ds.local.athena.queries import Queries
from athena_ds.local.athena.submit import Submission
from athena_ds.local.athena.tags import Tags
from athena_ds.local.athena.worker import Runner, Workers
from athena_ds.local.athena.workgroups import Workgroups
from athena_ds.local.iam.callers import Caller
from athena_ds.local.s3.objects import Managed, Store
from athena_ds.local.seam.run import Executor, Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the regions of one endpoint share."""

    account: str
    scratch: Path
    executor: Callable[[], Executor]
    """The executor, made at the first call: importing an engine takes longer than starting an endpoint should."""
    rights: Callable[[Caller], Rights]
    workers: Workers
    kept: int = KEPT


class Region:
    """Workgroups, executions, named queries, prepared statements, data catalogs and tags of one region."""

    def __init__(self, surroundings: Surroundings, *, name: str) -> None:
        managed = surroundings.scratch / f"managed-{name}"
        managed.mkdir(parents=True, exist_ok=True)
        keep = Managed(directory=managed)
        store = Store(account=surroundings.account, region=name)
        files = Files(store=store, managed=keep, scratch=surroundings.scratch)
        self.tags = Tags(account=surroundings.account, region=name)
        self.workgroups = Workgroups(
            tag=partial(self.tags.put, "workgroup"), untag=partial(self.tags.drop, "workgroup")
        )
        self.executions = Executions(kept=surroundings.kept, forgotten=keep.forget)
        self.named = NamedQueries(workgroup=self.workgroups.get)
        self.prepared = Prepared(workgroup=self.workgroups.get)
        self.workgroups.rooms = (self.executions, self.named, self.prepared)
        self.runner = Runner(
            account=surroundings.account,
            region=name,
            scratch=surroundings.scratch,
            executor=surroundings.executor,
            executions=self.executions,
            prepared=self.prepared,
            files=files,
        )
        submission = Submission(
            executions=self.executions,
            workgroups=self.workgroups,
            prepared=self.prepared,
            executor=surroundings.executor,
            store=store,
            rights=surroundings.rights,
            enqueue=lambda execution: surroundings.workers.put(partial(self.runner.run, execution)),
        )
        queries = Queries(
            executions=self.executions, workgroups=self.workgroups, runner=self.runner, rights=surroundings.rights
        )
        catalogs = Catalogs(account=surroundings.account, region=name, rights=surroundings.rights, tags=self.tags)
        self.operations: dict[str, CallersOperation] = {
            "StartQueryExecution": submission.start,
            **queries.callers_operations(),
            **catalogs.callers_operations(),
        }
        for room in (self.workgroups, self.named, self.prepared, self.tags, queries, catalogs):
            self.operations |= {name: for_any_caller(each) for name, each in room.operations().items()}

    def workgroup_of(self, kind: str, identifier: str) -> str | None:
        """The workgroup a query execution or a named query belongs to."""
        if kind == "named query":
            return self.named.workgroup_of(identifier)
        found = self.executions.get(identifier)
        return found.settings.workgroup if found else None

    def stop_all(self) -> None:
        """Cancel whatever is queued or running."""
        for execution in self.executions.unfinished():
            self.runner.stop(execution)
