"""ROW FORMAT and STORED AS: Hive's words for the SerDe and the input and output formats Glue keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from athena_ds.local.sql.cursor import Cursor
from athena_ds.local.sql.reading import parts
from athena_ds.local.sql.statement import Storage

LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
OPENX_JSON = "org.openx.data.jsonserde.JsonSerDe"
HCATALOG_JSON = "org.apache.hive.hcatalog.data.JsonSerDe"
HIVE_JSON = "org.apache.hadoop.hive.serde2.JsonSerDe"
REGEX = "org.apache.hadoop.hive.serde2.RegexSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
ORC = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
AVRO = "org.apache.hadoop.hive.serde2.avro.AvroSerDe"

TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_IO = "org.apache.hadoop.hive.ql.io"
_STORED = {
    "TEXTFILE": (LAZY_SIMPLE, TEXT_INPUT, _TEXT_OUTPUT),
    "PARQUET": (PARQUET, f"{_IO}.parquet.MapredParquetInputFormat", f"{_IO}.parquet.MapredParquetOutputFormat"),
    "ORC": (ORC, f"{_IO}.orc.OrcInputFormat", f"{_IO}.orc.OrcOutputFormat"),
    "AVRO": (AVRO, f"{_IO}.avro.AvroContainerInputFormat", f"{_IO}.avro.AvroContainerOutputFormat"),
    "JSONFILE": (HIVE_JSON, TEXT_INPUT, _TEXT_OUTPUT),
    "SEQUENCEFILE": (
        LAZY_SIMPLE,
        "org.apache.hadoop.mapred.SequenceFileInputFormat",
        f"{_IO}.HiveSequenceFileOutputFormat",
    ),
    "RCFILE": (
        "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe",
        f"{_IO}.RCFileInputFormat",
        f"{_IO}.RCFileOutputFormat",
    ),
    "ION": (
        "com.amazon.ionhiveserde.IonHiveSerDe",
        "com.amazon.ionhiveserde.formats.IonInputFormat",
        "com.amazon.ionhiveserde.formats.IonOutputFormat",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """ROW FORMAT: the SerDe named (None: none was) and its properties."""

    serde: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """STORED AS: the SerDe it implies, and the formats."""

    serde: str | None
    input_format: str
    output_format: str


def row_format(cursor: Cursor) -> Row:
    """After ROW FORMAT."""
    if cursor.accept("SERDE"):
        serde = cursor.string()
        given = parts.properties(cursor) if cursor.accept("WITH", "SERDEPROPERTIES") else {}
        return Row(serde=serde, properties=given)
    cursor.expect("DELIMITED")
    return Row(serde=LAZY_SIMPLE, properties=_delimiters(cursor))


def with_properties(row: Row | None, properties: Mapping[str, str]) -> Row:
    """WITH SERDEPROPERTIES standing by itself."""
    row = row or Row()
    return replace(row, properties={**row.properties, **properties})


def stored_as(cursor: Cursor) -> Stored:
    """After STORED AS."""
    if cursor.accept("INPUTFORMAT"):
        input_format = cursor.string()
        cursor.expect("OUTPUTFORMAT")
        return Stored(serde=None, input_format=input_format, output_format=cursor.string())
    named = _STORED.get(cursor.next.upper)
    if named is None:
        raise cursor.mismatched("'INPUTFORMAT'", *(f"'{name}'" for name in sorted(_STORED)))
    cursor.take()
    return Stored(serde=named[0], input_format=named[1], output_format=named[2])


def storage(row: Row | None, stored: Stored | None) -> Storage:
    """What Glue keeps; TEXTFILE where nothing is said. A delimited text row has its delimiter twice, as in Hive."""
    stored = stored or Stored(serde=None, input_format=TEXT_INPUT, output_format=_TEXT_OUTPUT)
    serde = (row.serde if row else None) or stored.serde or LAZY_SIMPLE
    given = dict(row.properties) if row else {}
    if serde == LAZY_SIMPLE and "field.delim" in given:
        given.setdefault("serialization.format", given["field.delim"])
    given.setdefault("serialization.format", "1")
    return Storage(
        serde=serde,
        input_format=stored.input_format,
        output_format=stored.output_format,
        serde_parameters=given,
    )


def formats_of(name: str) -> tuple[str, str, str]:
    """SerDe, input and output format of `STORED AS name`, and of CTAS's JSON."""
    return (HCATALOG_JSON, TEXT_INPUT, _TEXT_OUTPUT) if name == "JSON" else _STORED[name]


def _delimiters(cursor: Cursor) -> dict[str, str]:
    found: dict[str, str] = {}
    while True:
        if cursor.accept("FIELDS", "TERMINATED", "BY"):
            found["field.delim"] = cursor.string()
            if cursor.accept("ESCAPED", "BY"):
                found["escape.delim"] = cursor.string()
        elif cursor.accept("COLLECTION", "ITEMS", "TERMINATED", "BY"):
            # Hive's own misspelling; readers must know both.
            found["colelction.delim"] = cursor.string()
        elif cursor.accept("MAP", "KEYS", "TERMINATED", "BY"):
            found["mapkey.delim"] = cursor.string()
        elif cursor.accept("LINES", "TERMINATED", "BY"):
            found["line.delim"] = cursor.string()
        elif cursor.accept("NULL", "DEFINED", "AS"):
            found["serialization.null.format"] = cursor.string()
        else:
            return found
