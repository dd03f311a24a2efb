"""AthenaDataSource: describe, preflight, query, and what hangs from them. Read it as a table of contents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, Unpack

from .connected import Connected
from .connection.calling import spelt_out
from .errors import ConfirmationError, ParameterError
from .errors.meant import check_choice
from .execution import stop
from .execution.parameters import Parameters
from .policy import PolicyOptions
from .queries import history, prepared
from .queries.options import QueryOptions

if TYPE_CHECKING:
    from datetime import timedelta

    import pandas as pd

    from .policy import Location, Policy
    from .preflight import Depth, Report, Watch
    from .queries.estimate import Estimate
    from .queries.many import Outcome
    from .queries.running import RunningQuery, Source
    from .queries.unloaded import Unloaded
    from .retention import Retention

_DELETES = "confirm=True deletes it."


class AthenaDataSource(Connected):
    """One Athena database, with who asks and where results go.

    Made by `from_access_key`, `from_instance_profile`, `from_profile`, `local` or `load`, as in
    `ds = AthenaDataSource.local()`; then `ds.describe()`, `ds.preflight()`, `ds.query("SELECT ...")`. `connect`,
    `engine`, `session` and `storage_options` lead on to other libraries.
    """

    def describe(
        self, table: str | None = None, *, database: str | None = None, limit: int | None = None
    ) -> pd.DataFrame:
        """What the catalog knows: one row a table or view, or, for one table, one row a column.

        Args:
            table: The table or view whose columns are wanted, also as `database.table`.
            database: Another database than the data source's.
            limit: Only so many tables, the first that the catalog names: 100 are one call, however many there are.

        Returns:
            Of a database `table`, `type`, `format`, `columns`, `partition_keys`, `projection`, `location`,
            `size_bytes`, `rows`, `created`, `comment`, `sql` (of views). For a table: `column`, `type`,
            `partition_key`, `comment`.

        Raises:
            NotFoundError: When there is no such database or table, or it may not be seen.
        """
        from . import catalog

        if table is None:
            inside = database or self.config.database
            if limit is not None and limit < 1:
                raise ParameterError(
                    f"describe() can show 1 table or more, not {limit}.", remedy="For example: limit=100"
                )
            return catalog.tables_frame(self.door, self.config, database=inside, limit=limit)
        inside, name = self._split(table, database)
        return catalog.columns_frame(self.door, self.config, database=inside, table=name)

    def partitions(self, table: str, *, database: str | None = None) -> pd.DataFrame:
        """One row a partition of a table: a column for each key, `location` and `created`."""
        from . import catalog

        inside, name = self._split(table, database)
        return catalog.partitions_frame(self.door, self.config, database=inside, table=name)

    def columns_by_table(self) -> dict[str, list[str]]:
        """Every table and view of the database with its columns, partition keys last: what completion offers."""
        from .catalog import listing

        found = listing.tables(self.door, self.config, database=self.config.database)
        return {each.name: [column.name for column in (*each.columns, *each.partition_keys)] for each in found}

    def tables(self, *, database: str | None = None) -> list[str]:
        """The names of the tables and views that this identity may see, in order, and nothing else of them."""
        from .catalog import listing

        return listing.table_names(self.door, self.config, database=database or self.config.database)

    def databases(self) -> list[str]:
        """The databases this identity may see."""
        from .catalog import listing

        return listing.databases(self.door, self.config)

    def buckets(self) -> list[str]:
        """The account's buckets, to choose the results bucket from. Only this needs s3:ListAllMyBuckets."""
        return sorted(each["Name"] for each in self.door.call("s3:ListBuckets").get("Buckets", []))

    @spelt_out(QueryOptions)
    def query(
        self,
        sql: str | None = None,
        parameters: Parameters | None = None,
        *,
        named: str | None = None,
        **options: Unpack[QueryOptions],
    ) -> pd.DataFrame:
        """Run a query and return its rows. Ctrl-C stops it.

        Args:
            sql: One statement in Athena's SQL, with `?` or `:name` for values.
            named: Instead of `sql`, the name of a query kept in Athena.
            parameters: A list for `?`, a dict for `:name`; a list as value stands for the items of IN.
            **options: `timeout` (seconds), `max_scan` ("10 GB"), `reuse_minutes`, `database`, `data_catalog`,
                `workgroup`, `unload` (read as Parquet), `nested` ("json"), `dtype_backend` ("pyarrow"), `progress`,
                `watch`; each as in `athena_ds.queries.options.QueryOptions`.

        Returns:
            The rows; `df.attrs["athena"]` says in JSON's types what was scanned, how long it took, what it cost, where
            the result lies.

        Raises:
            QueryError: One of its kinds.
        """
        from .queries import flow

        statement = self._statement(sql, named)
        return flow.query(self._source, statement, parameters=parameters, **options)

    @spelt_out(QueryOptions)
    def query_batches(
        self,
        sql: str,
        parameters: Parameters | None = None,
        *,
        rows: int | None = None,
        **options: Unpack[QueryOptions],
    ) -> Iterator[pd.DataFrame]:
        """Run a query and give its rows as one DataFrame after another, in memory that does not grow with the result.

        It is sent when the first of them is asked for. Ctrl-C stops it.

        Args:
            sql: One statement.
            parameters: As for `query`.
            rows: Rows of each DataFrame but the last; about 2 MB of text each when None.
            **options: As `QueryOptions`.
        """
        from .queries import flow

        return flow.batches(self._source, sql, parameters=parameters, rows=rows, **options)

    @spelt_out(QueryOptions)
    def query_many(
        self,
        statements: Sequence[str | tuple[str, Parameters]],
        *,
        concurrency: int = 50,
        **options: Unpack[QueryOptions],
    ) -> list[Outcome]:
        """Run many queries, at most `concurrency` at once. Order is kept, and one that fails loses no other's rows.

        Args:
            statements: Each as text, or as a pair of text and parameters.
            concurrency: How many may be in flight.
            **options: As `QueryOptions`, for all of them.

        Returns:
            An `Outcome` each, whose `.result()` gives its DataFrame or raises its error.
        """
        from .queries import many

        return many.run(self._source, statements, concurrency=concurrency, options=options)

    @spelt_out(QueryOptions)
    def explain(self, sql: str, parameters: Parameters | None = None, **options: Unpack[QueryOptions]) -> str:
        """How Athena would run a query, as text that a notebook shows in lines. Nothing is read or charged."""
        from .queries.plan import Plan

        frame = self.query(f"EXPLAIN {sql.lstrip()}", parameters, **options)
        return Plan("\n".join(str(line) for line in frame.iloc[:, 0]))

    @spelt_out(QueryOptions)
    def estimate(self, sql: str, parameters: Parameters | None = None, **options: Unpack[QueryOptions]) -> Estimate:
        """What a query can scan and cost: the objects under the partitions it can want. Only its plan is asked for.

        Args:
            sql: One statement.
            parameters: As for `query`.
            **options: As `QueryOptions`: another database or workgroup counts.

        Raises:
            NotFoundError: When it names a table that does not exist or may not be seen.
            AccessDeniedError: When a table's objects may not be listed, and the catalog does not know their size.
        """
        from .queries import flow

        return flow.estimated(self._source, sql, parameters=parameters, **options)

    @spelt_out(QueryOptions)
    def unload(
        self, sql: str, parameters: Parameters | None = None, *, to: str | None = None, **options: Unpack[QueryOptions]
    ) -> Unloaded:
        """Run a query and have its rows written to S3 as Parquet, for what is larger than memory, or nested.

        Args:
            sql: One query.
            parameters: As for `query`.
            to: An empty S3 prefix; a new one under the results path when None.
            **options: As `QueryOptions`.

        Returns:
            A handle with `.dataset()`, `.frame()`, `.files`, `.size_bytes`.
        """
        from .queries import unloaded

        return unloaded.unload(self._source, sql, parameters=parameters, to=to, **options)

    def preflight(
        self,
        *,
        policy: Policy | None = None,
        depth: Depth = "calls",
        timeout: float = 120.0,
        progress: bool | Watch | None = None,
    ) -> Report:
        """Is everything there and allowed that describe and query need? Nothing is left behind, nothing charged.

        Args:
            policy: The policy in use, as `ds.policy(...)` gives one: what it grants must hold, also where no query
                needs it. None asks for what every query needs.
            depth: `calls`; or `query` to run one EXPLAIN from end to end, which leaves two small files.
            timeout: Seconds after which checks still unanswered are reported as such.
            progress: Whether a bar is drawn (None: where somebody looks on), or a function that is told the outcomes
                so far and how many checks are left.

        Returns:
            A DataFrame of one row a check with `id`, `group`, `check`, `status`, `evidence`, `remedy`, `actions`,
            `elapsed_ms`; with `.passed`, `.failures`, `.raise_for_failures()`.
        """
        from .preflight import preflight

        return preflight(
            self.door,
            self.config,
            credentials=self.credentials,
            policy=policy,
            depth=depth,
            timeout=timeout,
            progress=progress,
        )

    @spelt_out(PolicyOptions)
    def policy(
        self,
        *,
        style: Literal["least", "document"] = "least",
        reach: Literal["path", "bucket"] = "path",
        **options: Unpack[PolicyOptions],
    ) -> Policy:
        """The IAM policy this data source needs, from where its tables and results lie today.

        Args:
            style: `least` privilege on today's ARNs, or the `document`'s own policy with its placeholders filled.
            reach: For the document's: with paths as its example has them, or whole buckets as it recommends.
            **options: What else to allow, as `policy.Options`: `unload`, `ctas`, `named_queries`, `drivers`, ...

        Returns:
            A value with `.document`, `.json()`, `.explain()`, `.differences()`, `.missing(report)`, `.split()`,
            `.terraform()`, `.cloudformation()`.
        """
        from .policy import options_of, policy_for
        from .preflight import survey

        check_choice("style", style, choices=("least", "document"))
        check_choice("reach", reach, choices=("path", "bucket"))
        wanted = options_of(options)
        scope = survey.scope(self.door, self.config, targets=(*wanted.unload, *wanted.ctas))
        return policy_for(scope, style=style, reach=reach, options=wanted)

    def retention(self, *, days: int = 30) -> Retention:
        """What the results bucket does with results today, and the lifecycle rule it should have.

        Nothing is changed but by `.apply(confirm=True)`, which adds the rule and leaves every other one as it is.
        """
        from .retention import retention

        owner = self.contract.bucket_owner
        return retention(self.door, self._landing(), database=self.config.database, days=days, owner=owner)

    def results(self) -> pd.DataFrame:
        """What lies under the results path, one row an object; `df.attrs["athena"]` has bytes and cost a month."""
        from .retention import results_frame

        return results_frame(self.door, self._landed(), owner=self.contract.bucket_owner)

    def purge(self, *, older_than: timedelta | int, confirm: bool = False) -> pd.DataFrame:
        """Delete result objects older than that (days, or a timedelta); without `confirm=True` only list them.

        Only what has the names Athena gives to results is deleted, never anything under a table's location.
        """
        from .retention import purge

        owner, database = self.contract.bucket_owner, self.config.database
        place = self._landed()
        return purge(self.door, place, database=database, older_than=older_than, confirm=confirm, owner=owner)

    def history(self, *, limit: int = 100) -> pd.DataFrame:
        """The workgroup's latest executions, the newest first, with bytes, times and estimated cost."""
        return history.executions(self.door, self.config, limit=limit, price=self.price)

    def unfinished(self) -> pd.DataFrame:
        """Queries that a process which is gone left running, as `history()` shows them; `stop(id)` stops one."""
        return history.unfinished(self.door, price=self.price)

    def stop(self, query_execution_id: str) -> str:
        """Stop an execution by its id and wait until Athena confirms the end; returns its last state."""
        return stop(self.door, query_execution_id).state

    def named_queries(self) -> pd.DataFrame:
        """The queries kept in the workgroup: `name`, `database`, `query`, `description`, `id`."""
        return history.named_queries(self.door, self.config)

    def save_query(self, name: str, sql: str, *, description: str = "", replace: bool = False) -> str:
        """Keep a query in Athena under a name, for everyone of the workgroup; returns its id.

        Saving the same once more changes nothing; another query under the name needs `replace=True`.
        """
        kept = history.Kept(name=name, sql=sql, description=description)
        return history.save_query(self.door, self.config, kept=kept, replace=replace)

    def delete_query(self, name: str, *, confirm: bool = False) -> None:
        """Delete a query kept in Athena, by its name or its id, after `confirm=True`."""
        if confirm is not True:
            raise ConfirmationError(f"The named query '{name}' would be deleted.", remedy=_DELETES)
        history.delete_query(self.door, self.config, name=name)

    def prepare(self, name: str, sql: str) -> None:
        """Keep a statement with `?` in the workgroup; `query("EXECUTE name", [...])` runs it with values."""
        prepared.prepare(self.door, self.config, name=name, sql=sql)

    def prepared_statements(self) -> pd.DataFrame:
        """The statements prepared in the workgroup: `name`, `query`, `modified`."""
        return prepared.statements(self.door, self.config)

    def delete_prepared(self, name: str, *, confirm: bool = False) -> None:
        """Forget a prepared statement, after `confirm=True`."""
        if confirm is not True:
            raise ConfirmationError(f"The prepared statement '{name}' would be deleted.", remedy=_DELETES)
        prepared.delete(self.door, self.config, name=name)

    @spelt_out(QueryOptions)
    def submit(self, sql: str, parameters: Parameters | None = None, **options: Unpack[QueryOptions]) -> RunningQuery:
        """Send a query on its way and return at once; the handle waits, stops, reads, and can be awaited."""
        from .queries import flow

        return flow.submit(self._source, sql, parameters=parameters, **options)

    def result(self, query_execution_id: str, **options: Unpack[QueryOptions]) -> pd.DataFrame:
        """The rows of an execution submitted before, without running or paying it again."""
        from .queries import flow

        return flow.result(self._source, query_execution_id, **options)

    @property
    def _source(self) -> Source:
        from .queries import running

        return running.Source(door=self.door, config=self.config, contract=self.contract, price=self.price)

    def _landing(self) -> Location | None:
        from .location import landing

        return landing(self.config, self.contract.workgroup)

    def _landed(self) -> Location:
        place = self._landing()
        if place is None:
            raise ParameterError("The workgroup keeps query results itself: there is no path to look at.")
        return place

    def _statement(self, sql: str | None, named: str | None) -> str:
        if (sql is None) == (named is None):
            raise ParameterError("Either a statement or the name of a named query is wanted, not both and not neither.")
        if named is None:
            return sql  # type: ignore[return-value]
        return str(history.named_query(self.door, self.config, name=named)["QueryString"])

    def _split(self, table: str, database: str | None) -> tuple[str, str]:
        if not isinstance(table, str):
            raise ParameterError(f"A table is named by text, not by {table!r}.", remedy='For example: "flights"')
        inside, _, name = table.rpartition(".")
        return (inside or database or self.config.database).strip('"`').lower(), name.strip('"`').lower()
