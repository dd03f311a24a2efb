"""The main job, on the embedded endpoint: three verbs, a missing permission found, a data source saved."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import Any

import boto3
import pandas as pd

from athena_ds import AthenaDataSource
from athena_ds.local import LocalAthena

QUERIES = (
    "SELECT count(*) AS flights, count(dep_time) AS departed, min(time_hour) AS first_hour FROM flights",
    """SELECT a.name, count(*) AS flights, round(avg(f.arr_delay), 1) AS delay_minutes
       FROM flights f JOIN airlines a ON a.carrier = f.carrier
       GROUP BY a.name ORDER BY delay_minutes DESC LIMIT 5""",
)
BUSIEST = "SELECT dest, count(*) AS flights FROM flights WHERE month = ? GROUP BY dest ORDER BY flights DESC LIMIT 3"
SAVED = "athena-ds-demo"
_LONGEST = 90


def say(text: str) -> None:
    """Print a paragraph."""
    sys.stdout.write(f"\n{text}\n")


def show(call: str, frame: pd.DataFrame) -> None:
    """Print a call and the frame it returned."""
    say(f">>> {call}\n{laid_out(frame)}")
    cost = frame.attrs.get("athena", {})
    if "data_scanned_in_bytes" in cost:
        sys.stdout.write(f"    {cost['data_scanned_in_bytes']:,} bytes scanned, {cost['output_location']}\n")


def laid_out(frame: pd.DataFrame) -> str:
    """A frame as text: words to the left, as they are read, numbers to the right; a long text is cut."""
    texts = frame.select_dtypes(exclude=["number", "bool", "datetime"])
    shown = frame.assign(**{name: [_cut(each) for each in texts[name]] for name in texts})
    wide = {name: max(map(len, [name, *shown[name]])) for name in texts}
    padded = shown.assign(**{name: shown[name].map(lambda each, to=to: each.ljust(to)) for name, to in wide.items()})
    names = {name: name.ljust(to) for name, to in wide.items()}
    lines = padded.rename(columns=names).to_string(index=False, na_rep="").splitlines()
    return "\n".join(line.rstrip() for line in lines)


def _cut(value: object) -> str:
    text = "" if pd.isna(value) is True else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def three_verbs() -> bool:
    """Describe, preflight and query, on an endpoint that allows everything."""
    ds = AthenaDataSource.local()
    show("ds.describe()", ds.describe()[["table", "type", "format", "partition_keys", "location"]])
    for sql in QUERIES:
        show(f'ds.query("""{textwrap.dedent(sql)}""")', ds.query(sql))
    show(f'ds.query("{BUSIEST}", [7])', ds.query(BUSIEST, [7]))
    report = ds.preflight()
    show("ds.preflight()", report[["group", "check", "status"]])
    return bool(report.passed)


def permission_found_missing(endpoint: LocalAthena) -> bool:
    """As a user whose policy lacks the right to read source files: preflight finds it and hands over the line."""
    say("Now with IAM: the user jane has the least policy, but nobody allowed her to read the files under the tables.")
    ds, iam = _jane(endpoint)
    whole = ds.policy()
    ds = _allowed(ds, iam, [each for each in whole.document["Statement"] if each["Sid"] != "SourceObjects"])
    report = ds.preflight()
    show("ds.preflight().failures", report.failures[["check", "remedy"]])
    missing = whole.missing(report)
    say(f">>> ds.policy().missing(report).json()\n{missing.json()}")
    ds = _allowed(ds, iam, [*whole.document["Statement"], *missing.document["Statement"]])
    again = ds.preflight()
    say(f"With that added: {again.verdict}.")
    saved = ds.save(SAVED)
    say(f'>>> ds.save("{SAVED}")\n{saved}\n{saved.read_text().strip()}')
    say(">>> AthenaDataSource.saved()\n" + ", ".join(AthenaDataSource.saved()))
    AthenaDataSource.remove(SAVED)
    say("(Removed again, because its endpoint ends with this demo. Next: scripts/demo --lab)")
    return not report.passed and bool(again.passed)


def _jane(endpoint: LocalAthena) -> tuple[AthenaDataSource, Any]:
    root = boto3.Session(endpoint.access_key_id, endpoint.secret_access_key, region_name=endpoint.region)
    iam = root.client("iam", endpoint_url=endpoint.endpoint_url)
    iam.create_user(UserName="jane")
    key = iam.create_access_key(UserName="jane")["AccessKey"]
    ds = AthenaDataSource.from_access_key(
        access_key_id=key["AccessKeyId"],
        secret_access_key=key["SecretAccessKey"],
        region=endpoint.region,
        database="nyc",
        results_bucket="athena-ds-results",
        results_path="analysts/jane",
        endpoint_url=endpoint.endpoint_url,
    )
    return _allowed(ds, iam, [{"Effect": "Allow", "Action": "*", "Resource": "*"}]), iam


def _allowed(ds: AthenaDataSource, iam: Any, statements: list[dict[str, Any]]) -> AthenaDataSource:
    """The data source once jane may do this and nothing else."""
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName="jane", PolicyName="athena", PolicyDocument=document)
    return AthenaDataSource(config=ds.config, credentials=ds.credentials)


def main() -> int:
    """Run the demo; 0 when everything was as it should be."""
    pd.set_option("display.width", 160)
    works = three_verbs()
    with LocalAthena(iam=True) as endpoint:
        return 0 if permission_found_missing(endpoint) and works else 1


if __name__ == "__main__":
    sys.exit(main())
