"""`python -m athena_ds.local`: the endpoint as a process of its own, for shells and other programs."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from collections.abc import Sequence

_EXPOSED = """\
Listening on {host}: every machine that reaches this one can send requests to Athena, S3, Glue, IAM and STS here.
Each must be signed with a key of this endpoint, and is judged by the policies it holds; the key below may do all.
Nothing is encrypted on the way ({url} is plain HTTP): use it in networks you trust."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what a shell needs, serve until Ctrl-C or SIGTERM, and leave nothing behind."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        from athena_ds.local import LocalAthena  # noqa: PLC0415 - an extra, and --help needs none
        from athena_ds.local.front import is_loopback  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        parser.exit(1, f"{missing}\n")
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    if not is_loopback(given.host) and not given.iam:
        parser.error(f"--host {given.host} is beyond this machine, so it needs --iam: without it anybody is let in")
    with LocalAthena(
        port=given.port, host=given.host, iam=given.iam, samples=given.samples, engine=given.engine
    ) as local:
        if not is_loopback(given.host):
            print(_EXPOSED.format(host=given.host, url=local.endpoint_url), file=sys.stderr, flush=True)  # noqa: T201
        for name, value in local.environment.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)  # noqa: T201
        while not done.wait(1):
            pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m athena_ds.local", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port (default: a free one)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; beyond loopback only with --iam")
    parser.add_argument("--iam", action="store_true", help="judge every request by the IAM policies the endpoint holds")
    parser.add_argument("--no-samples", dest="samples", action="store_false", help="start without the sample database")
    parser.add_argument("--engine", help="what executes SQL: duckdb (default) or trino=http://host:port")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
