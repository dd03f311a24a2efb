"""`python -m athena_ds.local`: the endpoint as a process of its own, for shells and other programs."""

from __future__ import annotations

import argparse
import shlex
import signal
import threading
from collections.abc import Sequence

from athena_ds.local import LocalAthena


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what a shell needs, serve until Ctrl-C or SIGTERM, and leave nothing behind."""
    given = _parser().parse_args(arguments)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with LocalAthena(port=given.port, iam=given.iam, samples=given.samples, engine=given.engine) as local:
        for name, value in local.environment.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)  # noqa: T201
        while not done.wait(1):
            pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m athena_ds.local", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--iam", action="store_true", help="judge every request by the IAM policies the endpoint holds")
    parser.add_argument("--no-samples", dest="samples", action="store_false", help="start without the sample database")
    parser.add_argument(
        "--engine", default="duckdb", help="what executes SQL: duckdb (default) or trino=http://host:port"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
