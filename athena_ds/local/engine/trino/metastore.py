"""Tables as this Trino must be shown them to read them as Athena does.

| Glue has | Trino is shown |
| --- | --- |
| a view, as Athena writes it | the same under its catalog's name, run as whoever asks |
| OpenCSV columns of declared types, all of which Trino would make varchar | a view that casts them, over the table |
| Hive's own JSON SerDe, which Trino has not | the SerDe of HCatalog, which reads the same |
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from athena_ds.local.engine.trino.rewrite import rewritten
from athena_ds.local.glue.catalog import VIEW_PREFIX, VIEW_SUFFIX, hive_type, view_of
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import NUMBERS, Type
from athena_ds.local.sql.reading.formats import HCATALOG_JSON, HIVE_JSON, OPEN_CSV
from athena_ds.local.sql.views import view_entry

Entry = Mapping[str, Any]

RAW: Final = "$raw"
"""What the name of a typed OpenCSV table has behind it where its text is meant. No table of Athena's has a `$`."""


def shown(catalog: str) -> Callable[[Entry, bool], Entry]:
    """How an entry of Glue is shown to the Trino in which it is found under this catalog; `raw` asks for text."""

    def show(entry: Entry, raw: bool) -> Entry:
        if raw:
            return _text_only(entry)
        if entry.get("TableType") == "VIRTUAL_VIEW":
            return _view(entry, catalog)
        serde = _serde(entry)
        if serde == HIVE_JSON:
            return _with_serde(entry, HCATALOG_JSON)
        if serde == OPEN_CSV and any(not _plain(column) for column in _columns(entry)):
            return _casting(entry, catalog)
        return entry

    return show


def _view(entry: Entry, catalog: str) -> Entry:
    try:
        found = view_of(entry)
    except EngineError:
        return entry
    text = str(entry["ViewOriginalText"]).strip()[len(VIEW_PREFIX) : -len(VIEW_SUFFIX)]
    body = json.loads(base64.b64decode(text))
    body |= {"catalog": catalog, "runAsInvoker": True}
    body.pop("owner", None)
    try:
        body["originalSql"] = rewritten(found.sql if found else "", catalog).sql
    except EngineError:
        # Trino says what is wrong with it, in its own words.
        return entry
    return {**entry, "ViewOriginalText": _encoded(body)}


def _encoded(body: Mapping[str, Any]) -> str:
    return f"{VIEW_PREFIX}{base64.b64encode(json.dumps(body).encode()).decode()}{VIEW_SUFFIX}"


def _casting(entry: Entry, catalog: str) -> Entry:
    """Its columns as https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html reads them."""
    database, name = entry["DatabaseName"], entry["Name"]
    columns = [_cast(column, at) for at, column in enumerate(_columns(entry))]
    keys = [_quoted(key["Name"]) for key in entry.get("PartitionKeys") or ()]
    sql = f"SELECT {', '.join([*columns, *keys])} FROM {_quoted(database)}.{_quoted(name + RAW)}"
    every = [*_columns(entry), *(entry.get("PartitionKeys") or ())]
    described = [{"Name": column["Name"], "Type": column.get("Type") or "string"} for column in every]
    made = view_entry(name, sql, columns=described, database=database)
    return {**entry, **_view({**made, "DatabaseName": database}, catalog)}


def _text_only(entry: Entry) -> Entry:
    columns = [{**column, "Type": "string"} for column in _columns(entry)]
    return {
        **entry,
        "Name": entry["Name"] + RAW,
        "StorageDescriptor": {**entry["StorageDescriptor"], "Columns": columns},
    }


def _cast(column: Entry, at: int) -> str:
    """A column read as declared; what can't be fails, naming value and field, as Athena does."""
    name, kind = _quoted(column["Name"].lower()), hive_type(column)
    match kind.base:
        case "varchar" | "char":
            return f"CAST({name} AS {kind}) AS {name}" if kind.arguments else name
        case "boolean":
            return f"lower({name}) = 'true' AS {name}"
        case "date":
            parsed = f"TRY(date_add('day', TRY_CAST({name} AS integer), DATE '1970-01-01'))"
        case "timestamp":
            parsed = f"TRY(CAST(from_unixtime_nanos(TRY_CAST({name} AS bigint) * 1000000) AS {kind}))"
        case base if base in NUMBERS:
            number = r"'^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$'"
            parsed = f"IF(regexp_like({name}, {number}), TRY_CAST({name} AS {kind}))"
        case _:
            return f"{_failed(f'OpenCSVSerde has no type {kind} here', kind, 'NOT_SUPPORTED')} AS {name}"
    told = f"'HIVE_BAD_DATA: Error parsing field value ''' || {name} || ''' for field {at}: "
    told += f"For input string: \"' || {name} || '\"'"
    failing = f"CAST(fail({told}) AS {kind})"
    return f"IF({name} IS NULL, NULL, coalesce({parsed}, {failing})) AS {name}"


def _failed(message: str, kind: Type, name: str) -> str:
    quoted = f"{name}: {message}".replace("'", "''")
    return f"CAST(fail('{quoted}') AS {kind})"


def _plain(column: Entry) -> bool:
    kind = hive_type(column)
    return kind.base == "varchar" and not kind.arguments


def _columns(entry: Entry) -> list[dict[str, Any]]:
    return list((entry.get("StorageDescriptor") or {}).get("Columns") or ())


def _serde(entry: Entry) -> str:
    return str(((entry.get("StorageDescriptor") or {}).get("SerdeInfo") or {}).get("SerializationLibrary") or "")


def _with_serde(entry: Entry, serde: str) -> Entry:
    descriptor = entry["StorageDescriptor"]
    info = {**descriptor["SerdeInfo"], "SerializationLibrary": serde}
    return {**entry, "StorageDescriptor": {**descriptor, "SerdeInfo": info}}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
