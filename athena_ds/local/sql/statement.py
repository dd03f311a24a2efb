"""What a statement is: one small value for each kind, with the type Athena reports for it.

Types as measured on real Athena. PREPARE, EXECUTE and DEALLOCATE are the API's (`local.athena.prepared`): they need a
workgroup, and EXECUTE comes here as the statement it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from athena_ds.local.seam.types import Type

StatementType = Literal["DML", "DDL", "UTILITY"]
Reported = tuple[StatementType, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A table or view as written: `catalog.database.table`, missing parts None; names folded to lower case."""

    table: str
    database: str | None = None
    catalog: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column of a DDL statement: name, Hive type as written (normalised), comment."""

    name: str
    type: str
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """SELECT, WITH, VALUES, TABLE t: for the engine as it is."""

    reported: ClassVar[Reported] = ("DML", "SELECT")
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """EXPLAIN of a query; `sql` is the whole statement."""

    reported: ClassVar[Reported] = ("DML", "EXPLAIN")
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTableAs:
    """CREATE TABLE AS: `query` is the inner query at its place, `properties` the WITH clause as Python values."""

    reported: ClassVar[Reported] = ("DDL", "CREATE_TABLE_AS_SELECT")
    name: Name
    query: str
    properties: Mapping[str, str | int | bool | tuple[str, ...]] = field(default_factory=dict)
    with_data: bool = True
    unless_exists: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertInto:
    """INSERT INTO a table, all of its columns or the named ones."""

    reported: ClassVar[Reported] = ("DML", "INSERT")
    name: Name
    query: str
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unload:
    """UNLOAD (query) TO 's3://...' WITH (...)."""

    reported: ClassVar[Reported] = ("DML", "UNLOAD")
    query: str
    location: str
    properties: Mapping[str, str | int | bool | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateView:
    """CREATE [OR REPLACE] VIEW; `original` is the query's own text, as SHOW CREATE VIEW gives it back."""

    reported: ClassVar[Reported] = ("DDL", "CREATE_VIEW")
    name: Name
    query: str
    original: str
    replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropView:
    reported: ClassVar[Reported] = ("DDL", "DROP_VIEW")
    name: Name
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDatabases:
    reported: ClassVar[Reported] = ("UTILITY", "SHOW_DATABASES")
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTables:
    reported: ClassVar[Reported] = ("UTILITY", "SHOW_TABLES")
    database: str | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowViews:
    reported: ClassVar[Reported] = ("UTILITY", "SHOW_VIEWS")
    database: str | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowColumns:
    reported: ClassVar[Reported] = ("UTILITY", "SHOW_COLUMNS")
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPartitions:
    reported: ClassVar[Reported] = ("UTILITY", "SHOW_PARTITIONS")
    name: Name
    partition: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTableProperties:
    reported: ClassVar[Reported] = ("UTILITY", "SHOW_TABLE_PROPERTIES")
    name: Name
    property: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCreateTable:
    reported: ClassVar[Reported] = ("UTILITY", "SHOW_CREATE_TABLE")
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCreateView:
    reported: ClassVar[Reported] = ("UTILITY", "SHOW_CREATE_VIEW")
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFunctions:
    """Answered like a query: a `.csv` with labels."""

    reported: ClassVar[Reported] = ("UTILITY", "SHOW_FUNCTIONS")
    pattern: str | None = None
    escape: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    reported: ClassVar[Reported] = ("UTILITY", "DESCRIBE_TABLE")
    name: Name
    formatted: bool = False
    extended: bool = False
    column: str | None = None
    partition: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDatabase:
    reported: ClassVar[Reported] = ("DDL", "CREATE_DATABASE")
    name: str
    if_not_exists: bool = False
    comment: str | None = None
    location: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDatabaseProperties:
    """ALTER DATABASE SET DBPROPERTIES."""

    reported: ClassVar[Reported] = ("DDL", "ALTER_DATABASE")
    name: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDatabase:
    reported: ClassVar[Reported] = ("DDL", "DROP_DATABASE")
    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """ROW FORMAT and STORED AS, resolved to what Glue keeps."""

    serde: str
    input_format: str
    output_format: str
    serde_parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucketing:
    columns: tuple[str, ...]
    count: int
    sorted_by: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateExternalTable:
    reported: ClassVar[Reported] = ("DDL", "CREATE_TABLE")
    name: Name
    columns: tuple[Field, ...]
    partition_keys: tuple[Field, ...]
    storage: Storage
    location: str
    if_not_exists: bool = False
    comment: str | None = None
    bucketing: Bucketing | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable:
    reported: ClassVar[Reported] = ("DDL", "DROP_TABLE")
    name: Name
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionSpec:
    """`PARTITION (dt='2024-01-01', ...) [LOCATION '...']`; operators other than `=` only in DROP."""

    terms: tuple[tuple[str, str, str], ...]
    location: str | None = None

    @property
    def values(self) -> dict[str, str]:
        """Key to value, where every operator is `=`."""
        return {key: value for key, _, value in self.terms}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPartitions:
    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_ADD_PARTITION")
    name: Name
    partitions: tuple[PartitionSpec, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPartitions:
    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_DROP_PARTITION")
    name: Name
    partitions: tuple[PartitionSpec, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamePartition:
    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_RENAME_PARTITION")
    name: Name
    before: PartitionSpec
    after: PartitionSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLocation:
    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_SET_LOCATION")
    name: Name
    location: str
    partition: PartitionSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTableProperties:
    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_PROPERTIES")
    name: Name
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumns:
    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_ADD_COLUMN")
    name: Name
    columns: tuple[Field, ...]
    partition: PartitionSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceColumns:
    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_REPLACE_COLUMN")
    name: Name
    columns: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeColumn:
    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_CHANGE_COLUMN")
    name: Name
    before: str
    column: Field
    position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairTable:
    reported: ClassVar[Reported] = ("DDL", "MSCK_REPAIR")
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable:
    """ALTER TABLE RENAME TO, which Glue refuses for every Hive table."""

    reported: ClassVar[Reported] = ("DDL", "ALTER_TABLE_RENAME")
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class HiveRefused:
    """A statement Athena starts and Hive then can't parse: the execution fails with Hive's words."""

    reason: str
    reported: Reported = ("DDL", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A statement Athena or this endpoint does not run: the execution fails with NOT_SUPPORTED and these words."""

    reason: str
    reported: Reported = ("DDL", "")


Statement = (
    Query
    | Explain
    | CreateTableAs
    | InsertInto
    | Unload
    | CreateView
    | DropView
    | ShowDatabases
    | ShowTables
    | ShowViews
    | ShowColumns
    | ShowPartitions
    | ShowTableProperties
    | ShowCreateTable
    | ShowCreateView
    | ShowFunctions
    | Describe
    | CreateDatabase
    | DropDatabase
    | CreateExternalTable
    | DropTable
    | AddPartitions
    | DropPartitions
    | RenamePartition
    | SetLocation
    | SetTableProperties
    | AddColumns
    | ReplaceColumns
    | ChangeColumn
    | RepairTable
    | SetDatabaseProperties
    | RenameTable
    | HiveRefused
    | Refused
)

STRING = Type("string")
"""What SHOW and DESCRIBE answer with: Hive's string, which no query has."""
