"""The AWS CLI, unchanged, on the endpoint: with nothing but AWS_ENDPOINT_URL, keys and a region."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.peers.environments import environment, variables

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def aws(local: LocalAthena) -> Any:
    home = environment("awscli", "awscli>=1.44")

    def run(*arguments: str) -> Any:
        done = subprocess.run(
            [str(home / "bin" / "aws"), *arguments],
            env=variables(local),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout

    return run


def test_a_query_from_the_shell(aws: Any) -> None:
    """start-query-execution, get-query-execution until it ends, get-query-results."""
    place = f"OutputLocation=s3://{RESULTS}/awscli/"
    started = aws(
        *("athena", "start-query-execution", "--query-string", "SELECT carrier FROM nyc.airlines ORDER BY 1 LIMIT 2"),
        *("--result-configuration", place),
    )["QueryExecutionId"]
    for _ in range(60):
        found = aws("athena", "get-query-execution", "--query-execution-id", started)["QueryExecution"]
        if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.1)
    rows = aws("athena", "get-query-results", "--query-execution-id", started)["ResultSet"]["Rows"]
    assert [row["Data"][0]["VarCharValue"] for row in rows] == ["carrier", "9E", "AA"]
    text = aws("s3", "cp", found["ResultConfiguration"]["OutputLocation"], "-")
    assert text == '"carrier"\n"9E"\n"AA"\n'


def test_objects_and_tables_from_the_shell(aws: Any, tmp_path: Path) -> None:
    """s3 cp and ls, glue get-tables, sts get-caller-identity."""
    (tmp_path / "f.txt").write_text("hello")
    aws("s3", "cp", str(tmp_path / "f.txt"), f"s3://{RESULTS}/shell/f.txt")
    assert "f.txt" in aws("s3", "ls", f"s3://{RESULTS}/shell/")
    names = [table["Name"] for table in aws("glue", "get-tables", "--database-name", "nyc")["TableList"]]
    assert "flights" in names
    assert aws("sts", "get-caller-identity")["Arn"].endswith(":root")
