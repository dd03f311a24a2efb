"""No secret shows: one sentinel, every channel."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import logging
import pickle
import pprint
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core import ultratb
from IPython.lib.pretty import pretty

from athena_ds import (
    AccessKey,
    AssumeRole,
    AthenaDataSource,
    DataSourceConfig,
    InstanceProfile,
    SecretStr,
    exits,
)
from athena_ds.aws import Door, Patience
from athena_ds.connection.redaction import redacted
from athena_ds.errors import AthenaDSError, facts_of
from athena_ds.local.faults import ServerError
from athena_ds.local.server import LocalAthena

SENTINEL = "SENTINEL/bPxRfiCYzzTheSecretOfThisTest9x"
TOKEN = "TOKENSENTINEL" + "FwoGZXIvYXdzEXAMPLE9" * 4
ROLE = "arn:aws:iam::123456789012:role/analyst"


@pytest.fixture
def key() -> AccessKey:
    return AccessKey(
        access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key=SecretStr(SENTINEL), session_token=SecretStr(TOKEN)
    )


@pytest.fixture
def source(key: AccessKey, endpoint: LocalAthena) -> AthenaDataSource:
    made = AthenaDataSource.local(endpoint)
    return AthenaDataSource(config=made.config, credentials=key)


def clean(text: object) -> None:
    assert SENTINEL not in str(text)
    assert TOKEN not in str(text)


def html_of(thing: object) -> str:
    show = getattr(thing, "_repr_html_", None)
    return str(show()) if show else ""


SHOWN: dict[str, Callable[[Any], object]] = {
    "repr": repr,
    "str": str,
    "format": lambda thing: f"{thing!s:>20} {thing}",
    "percent": lambda thing: "%s %r" % (thing, thing),  # noqa: UP031
    "pprint": pprint.pformat,
    "ipython": pretty,
    "html": html_of,
    "vars": lambda thing: [vars(thing) if hasattr(thing, "__dict__") else dir(thing)],
    "fields": lambda thing: dataclasses.asdict(thing) if dataclasses.is_dataclass(thing) else "",  # type: ignore[call-overload]
    "in a container": lambda thing: [{"x": (thing,)}],
    "copy": lambda thing: [copy.copy(thing), copy.deepcopy(thing)],
    "json": lambda thing: json.dumps({"x": thing}, default=str),
}


THINGS = ("secret", "key", "role", "source", "door", "bound method")
# A door holds locks, which nobody can copy.
CHANNELS = [(what, channel) for what in THINGS for channel in SHOWN if channel != "copy" or what in THINGS[:3]]


@pytest.mark.parametrize(("what", "channel"), CHANNELS)
def test_no_way_of_showing_shows_it(channel: str, what: str, key: AccessKey, source: AthenaDataSource) -> None:
    """The secret itself, what holds it, and what holds that."""
    things: dict[str, Callable[[], object]] = {
        "secret": lambda: key.secret_access_key,
        "key": lambda: key,
        "role": lambda: AssumeRole(role_arn=ROLE, source=key),
        "source": lambda: source,
        "door": lambda: source.door,
        "bound method": lambda: source.submit,
    }
    clean(SHOWN[channel](things[what]()))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("what", ["secret", "key", "options"])
def test_nothing_that_holds_it_is_pickled(protocol: int, what: str, key: AccessKey, source: AthenaDataSource) -> None:
    """It would be in a file or on a wire."""
    things = {"secret": key.secret_access_key, "key": key, "options": source.storage_options()}
    with pytest.raises(TypeError):
        pickle.dumps(things[what], protocol)


def test_options_for_other_libraries_show_it_as_stars(source: AthenaDataSource) -> None:
    """They must hold it, and need not show it."""
    for reader in ("pyarrow", "polars", "duckdb", "fsspec"):
        options = source.storage_options(reader)  # type: ignore[arg-type]
        assert SENTINEL in options.values()
        clean(repr(options))
        clean(f"{options}")
        clean(pretty(options))


def test_a_connection_and_an_engine_do_not_show_it(source: AthenaDataSource) -> None:
    """A SQLAlchemy URL with a password in it is how peers leak."""
    clean(repr(source.engine()))
    clean(source.engine().url.render_as_string(hide_password=False))
    clean(repr(source.connect()))
    clean(repr(source.session))


def test_a_saved_data_source_does_not_hold_it(source: AthenaDataSource, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even beside a keyring that takes it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    file = source.save("sentinel")
    clean(file.read_text())
    for each in file.parent.iterdir():
        clean(each.read_text())


def refuse(key: AccessKey) -> AthenaDSError:
    """An error that went through botocore, from an endpoint that does not answer."""
    door = Door(
        credentials=key,
        region="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        patience=Patience(unreachable_attempts=1),
    )
    with pytest.raises(AthenaDSError) as raised:
        door.call("glue:GetDatabases")
    return raised.value


def fault(key: AccessKey, endpoint: LocalAthena) -> AthenaDSError:
    """An error answer."""
    door = Door(
        credentials=key,
        region="us-east-1",
        endpoint_url=endpoint.endpoint_url,
        patience=Patience(attempts=1),
    )
    endpoint.faults.add("glue:GetDatabases", ServerError(), times=1)
    with pytest.raises(AthenaDSError) as raised:
        door.call("glue:GetDatabases")
    return raised.value


def bad_field() -> AthenaDSError:
    """A secret pasted into the id's box, and mangled in its own."""
    with pytest.raises(AthenaDSError) as raised:
        AthenaDataSource.from_access_key(
            access_key_id=str(SENTINEL),
            secret_access_key=str(SENTINEL) + "\n x",
            region="nowhere",
            database="x",
            results_bucket="acme",
            results_path="p",
        )
    return raised.value


def miscalled(*unnamed: str, **named: str) -> AthenaDSError:
    """Its field misspelt, or left out: then what it is nobody knows."""
    place = {"region": "eu-west-1", "database": "x", "results_bucket": "acme", "access_key_id": "ASIAIOSFODNN7EXAMPLE"}
    make: Any = AthenaDataSource.from_access_key
    with pytest.raises(AthenaDSError) as raised:
        make(*unnamed, **place, **named)
    return raised.value


TRACED = {
    "refused": lambda key, endpoint: refuse(key),
    "answered": fault,
    "bad field": lambda key, endpoint: bad_field(),
    "misspelt": lambda key, endpoint: miscalled(secret_acces_key=SENTINEL, sesion_token=TOKEN),
    "misspelt token": lambda key, endpoint: miscalled(secret_access_key=SENTINEL, sesion_token=TOKEN),
    "under another name": lambda key, endpoint: miscalled(secret_access_key=SENTINEL, bearer=TOKEN),
    "unnamed": lambda key, endpoint: miscalled(SENTINEL, TOKEN),
}


@pytest.mark.parametrize("kind", TRACED)
def test_no_traceback_shows_it_not_even_a_verbose_one(kind: str, key: AccessKey, endpoint: LocalAthena) -> None:
    """IPython's verbose mode and its like print the locals of every frame, causes included."""
    error = TRACED[kind](key, endpoint)
    clean("".join(traceback.format_exception(error)))
    clean(facts_of(error))
    clean(repr(error.__cause__))
    clean("\n".join(error._render_traceback_()))
    captured = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [line for line in captured.format() if "tests/fire" not in line]
    clean("".join(ours))
    verbose = ultratb.VerboseTB(theme_name="nocolor", include_vars=True)
    frames = error.__traceback__
    while frames and "tests/fire" in frames.tb_frame.f_code.co_filename:
        frames = frames.tb_next
    clean(verbose.text(type(error), error, frames))


@pytest.mark.parametrize("way", ["boto3", "PyAthena"])
def test_no_verbose_traceback_of_another_librarys_call_shows_it(way: str, key: AccessKey) -> None:
    """Of one that has the data source's session: botocore's frames hold the signed request, with its token."""
    door = Door(credentials=key, region="us-east-1", endpoint_url="http://127.0.0.1:1")
    config = DataSourceConfig(
        region="us-east-1", database="x", results_bucket="acme", results_path="p", endpoint_url="http://127.0.0.1:1"
    )
    asking = {
        "boto3": lambda: door.session.client("s3").get_object(Bucket="acme", Key="x"),
        "PyAthena": lambda: exits.connect(door, config, destination=None).cursor().execute("SELECT 1"),
    }
    with pytest.raises(Exception, match=r"127\.0\.0\.1:1") as raised:
        asking[way]()
    captured = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    clean("".join(captured.format()))
    clean(ultratb.VerboseTB(theme_name="nocolor", include_vars=True).text(*raised._excinfo))


def test_an_interrupt_inside_a_call_shows_no_signed_request(
    key: AccessKey, endpoint: LocalAthena, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its frames would hold the token in a header."""
    import botocore.httpsession

    def interrupted(self: object, request: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", interrupted)
    door = Door(credentials=key, region="us-east-1", endpoint_url=endpoint.endpoint_url)
    with pytest.raises(KeyboardInterrupt) as raised:
        door.call("glue:GetDatabases")
    captured = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    clean("".join(line for line in captured.format() if "tests/fire" not in line))


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.WARNING])
def test_no_log_record_holds_it_at_any_level(level: int, key: AccessKey, endpoint: LocalAthena) -> None:
    """botocore logs signed requests and answers at DEBUG."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        door = Door(credentials=key, region="us-east-1", endpoint_url=endpoint.endpoint_url)
        door.call("sts:GetCallerIdentity")
        given = door.call("sts:AssumeRole", RoleArn=ROLE, RoleSessionName="jane")["Credentials"]
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
    logged = stream.getvalue()
    assert level > logging.DEBUG or "sts" in logged
    clean(logged)
    assert given["SecretAccessKey"] not in logged
    assert given["SessionToken"] not in logged


@pytest.mark.parametrize(
    "line",
    [
        "{'SecretAccessKey': 'abcdefghijklmnop'}",
        "<SecretAccessKey>abcdefghijklmnop</SecretAccessKey>",
        '"Token" : "abcdefghijklmnop"',
        "x-amz-security-token:abcdefghijklmnop",
        "{'X-Amz-Security-Token': b'abcdefghijklmnop'}",
        "aws_secret_access_key = abcdefghijklmnop",
        "x-aws-ec2-metadata-token: abcdefghijklmnop",
    ],
)
def test_a_secrets_field_is_starred_though_its_value_is_new(line: str) -> None:
    """Answers are logged before anybody could know the value."""
    assert "abcdefghijklmnop" not in redacted(line)
    assert "********" in redacted(line)


def test_a_secret_does_not_change_and_compares_by_value() -> None:
    """It is a value."""
    one = SecretStr("x")
    assert one == SecretStr("x")
    assert one != SecretStr("y")
    assert one != "x"
    with pytest.raises(AttributeError):
        one._reveal = lambda: "y"  # type: ignore[method-assign]
    with pytest.raises(TypeError):
        hash(one)
    assert InstanceProfile() == InstanceProfile()
