"""What every test gets: an environment without AWS in it, and the local endpoint over HTTP."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from hypothesis import settings

if TYPE_CHECKING:
    from athena_ds.local import LocalAthena

RESULTS = "athena-ds-test-results"
"""A bucket every `local` endpoint has for query results."""

_PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}

Clients = Callable[[str], Any]

# The same examples at every run, and no bound in time: a busy machine fails no test.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", help="what executes SQL behind every endpoint that names no engine: trino=http://...")


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what it puts in the background with Ctrl-C ignored; the tests of Ctrl-C press it themselves.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--engine"):
        os.environ["ATHENA_DS_LOCAL_ENGINE"] = config.getoption("--engine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where a real Trino answers, some tests are known to see something else; one that no longer does fails."""
    if str(config.getoption("--engine")).startswith("trino="):
        from tests.local.trino.differences import difference

        for item in items:
            if why := difference(item.nodeid):
                item.add_marker(pytest.mark.xfail(reason=why, strict=True))


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No AWS variable, profile, configuration file, instance role or proxy of this machine reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("ATHENA_DS_LIVE"):
            for name in list(os.environ):
                if name.startswith("AWS_") or name.upper() in _PROXIES:
                    patch.delenv(name)
            empty = str(tmp_path_factory.getbasetemp() / "no-aws-configuration")
            patch.setenv("AWS_CONFIG_FILE", empty)
            patch.setenv("AWS_SHARED_CREDENTIALS_FILE", empty)
            patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


def clients_of(local: LocalAthena, **settings: Any) -> Clients:
    """`clients("athena")`: boto3 clients of an endpoint; `settings` go to botocore's Config."""
    session = boto3.Session(
        aws_access_key_id=local.access_key_id,
        aws_secret_access_key=local.secret_access_key,
        region_name=local.region,
    )
    config = Config(**{"retries": {"total_max_attempts": 1}, **settings})
    return lambda service: session.client(service, endpoint_url=local.endpoint_url, config=config)


@pytest.fixture(scope="session")
def local() -> Iterator[LocalAthena]:
    """One endpoint with the sample database for the whole session; tests that change it make their own."""
    from athena_ds.local import LocalAthena

    with LocalAthena() as running:
        clients_of(running)("s3").create_bucket(Bucket=RESULTS)
        yield running


@pytest.fixture(scope="session")
def clients(local: LocalAthena) -> Clients:
    """boto3 clients of the session's endpoint."""
    return clients_of(local)


@pytest.fixture
def empty_local() -> Iterator[LocalAthena]:
    """An endpoint of the test's own, without the sample database."""
    from athena_ds.local import LocalAthena

    with LocalAthena(samples=False) as running:
        yield running


@pytest.fixture
def empty_clients(empty_local: LocalAthena) -> Clients:
    """boto3 clients of the test's own endpoint."""
    return clients_of(empty_local)
