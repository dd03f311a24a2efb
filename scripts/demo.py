"""The main job, on the embedded endpoint: describe, preflight and three queries on the flights of New York in 2013."""

from __future__ import annotations

import sys
import textwrap

import pandas as pd

from athena_ds import AthenaDataSource

QUERIES = (
    "SELECT count(*) AS flights, count(dep_time) AS departed, min(time_hour) AS first_hour FROM flights",
    """SELECT a.name, count(*) AS flights, round(avg(f.arr_delay), 1) AS delay_minutes
       FROM flights f JOIN airlines a ON a.carrier = f.carrier
       GROUP BY a.name ORDER BY delay_minutes DESC LIMIT 5""",
)
BUSIEST = "SELECT dest, count(*) AS flights FROM flights WHERE month = ? GROUP BY dest ORDER BY flights DESC LIMIT 3"


def show(call: str, frame: pd.DataFrame) -> None:
    """Print a call and the frame it returned."""
    sys.stdout.write(f"\n>>> {call}\n{frame.to_string(index=False, max_colwidth=70, na_rep='')}\n")
    cost = frame.attrs.get("athena", {})
    if "data_scanned_in_bytes" in cost:
        sys.stdout.write(f"    {cost['data_scanned_in_bytes']:,} bytes scanned, {cost['output_location']}\n")


def main() -> int:
    """Run the demo; 0 when every check passed and every query answered."""
    pd.set_option("display.width", 160)
    ds = AthenaDataSource.local()
    show("ds.describe()", ds.describe()[["table", "type", "format", "partition_keys", "location"]])
    report = ds.preflight()
    show("ds.preflight()", report[["group", "check", "status"]])
    for sql in QUERIES:
        show(f'ds.query("""{textwrap.dedent(sql)}""")', ds.query(sql))
    show(f'ds.query("{BUSIEST}", [7])', ds.query(BUSIEST, [7]))
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
