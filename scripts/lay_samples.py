"""Lay the sample database into your own account, so that the tutorials run there.

`python -m scripts.lay_samples NAME s3://bucket/path` says what it would make; with `--confirm` it uploads the sample's
files (13 MB) under the path and makes the database and its tables in Glue, through the data source saved as NAME. It
replaces nothing: a table that is there already stays as it is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from athena_ds import AthenaDataSource
from athena_ds.local.sample_tables import LAKE
from athena_ds.local.samples import prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in S3 the sample's files go."""

    bucket: str
    prefix: str

    @classmethod
    def of(cls, text: str) -> Place:
        """From s3://bucket/path."""
        bucket, _, path = text.removeprefix("s3://").partition("/")
        if not text.startswith("s3://") or not bucket:
            raise argparse.ArgumentTypeError("write it as s3://bucket/path")
        return cls(bucket=bucket, prefix=f"{path.strip('/')}/" if path.strip("/") else "")

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def files() -> Iterator[tuple[Path, str]]:
    """The sample's files, each with its key below the place."""
    folder = prepared()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        yield path, path.relative_to(folder).as_posix()


def statements(place: Place) -> list[str]:
    """The DDL of the sample's tables and views, as Athena itself would show it, with this place in it."""
    sample = AthenaDataSource.local()
    tables = sample.describe()
    found = []
    for name, kind in zip(tables["table"], tables["type"], strict=True):
        view = kind == "view"
        lines = sample.query(f"SHOW CREATE {'VIEW' if view else 'TABLE'} {name}").iloc[:, 0]
        ddl = "\n".join(lines.astype(str)).replace(f"s3://{LAKE}/", str(place))
        found.append(ddl if view else ddl.replace("EXTERNAL TABLE", "EXTERNAL TABLE IF NOT EXISTS", 1))
    # Views come last: they read the tables.
    return [*sorted(found, key=lambda ddl: ddl.startswith("CREATE VIEW")), "MSCK REPAIR TABLE flights"]


def lay(ds: AthenaDataSource, place: Place) -> None:
    """Upload the files and make what is missing of the database, its tables and its view."""
    s3, glue = ds.session.client("s3"), ds.session.client("glue")
    for path, key in files():
        s3.upload_file(str(path), place.bucket, f"{place.prefix}{key}")
    _database(glue, ds.config.database)
    known = {table["Name"] for table in glue.get_tables(DatabaseName=ds.config.database)["TableList"]}
    for sql in statements(place):
        if not (sql.startswith("CREATE VIEW") and "daily_departures" in known):
            ds.query(sql)


def _database(glue: Any, name: str) -> None:
    try:
        glue.create_database(DatabaseInput={"Name": name, "Description": "Flights from New York City in 2013"})
    except glue.exceptions.AlreadyExistsException:
        return


def main(arguments: list[str] | None = None) -> int:
    """Say what would be made, or make it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.lay_samples", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("name", help="the saved data source; its database is made, and must be called nyc")
    parser.add_argument("place", type=Place.of, help="s3://bucket/path for the files; the bucket must exist")
    parser.add_argument("--confirm", action="store_true", help="do it; without, only say what would be done")
    given = parser.parse_args(arguments)
    ds = AthenaDataSource.load(given.name)
    if ds.config.database != "nyc":
        parser.error(f"the data source '{given.name}' has the database '{ds.config.database}'; the tutorials want nyc")
    if not given.confirm:
        total = sum(path.stat().st_size for path, _ in files())
        sys.stdout.write(f"would upload {total / 1e6:.0f} MB to {given.place} and run, in Athena:\n\n")
        sys.stdout.write("\n\n".join(statements(given.place)) + "\n\nAdd --confirm to do it.\n")
        return 0
    lay(ds, given.place)
    sys.stdout.write(f"the database {ds.config.database} is there: {', '.join(ds.describe()['table'])}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
