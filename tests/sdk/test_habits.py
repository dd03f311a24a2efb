"""What people write out of habit, or wrongly: each answer says what to write instead, in a line or two."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter

from athena_ds import AssumeRole, AthenaDataSource, AthenaDSError, DataSourceConfig, InstanceProfile, Price
from athena_ds.aws import recording
from athena_ds.errors import ConfigError, ConfirmationError, InvalidRequestError, ParameterError, QuerySyntaxError
from athena_ds.local import LocalAthena
from athena_ds.queries.options import QueryOptions
from athena_ds.queries.plan import Plan

WRONG: dict[str, tuple[Callable[[Any], object], type[AthenaDSError], str]] = {
    "a table by number": (lambda ds: ds.describe(42), ParameterError, "named by text, not by 42"),
    "partitions by number": (lambda ds: ds.partitions(42), ParameterError, "named by text"),
    "another library": (lambda ds: ds.storage_options("arrow"), ParameterError, "'fsspec', not 'arrow'"),
    "another depth": (lambda ds: ds.preflight(depth="deep"), ParameterError, "'calls' or 'query', not 'deep'"),
    "another style": (lambda ds: ds.policy(style="lest"), ParameterError, "'least' or 'document', not 'lest'"),
    "another reach": (lambda ds: ds.policy(reach="all"), ParameterError, "'path' or 'bucket', not 'all'"),
    "a misspelt option": (lambda ds: ds.policy(name_queries=True), ParameterError, "Did you mean named_queries?"),
    "no place in S3": (lambda ds: ds.policy(unload=("exports",)), ParameterError, "a place in S3, not 'exports'"),
    "nothing confirmed": (lambda ds: ds.delete_query("daily"), ConfirmationError, "confirm=True deletes it"),
    "nothing confirmed either": (lambda ds: ds.delete_prepared("p"), ConfirmationError, "confirm=True deletes it"),
    "a list of statements": (lambda ds: ds.query(["SELECT 1"]), ParameterError, "is text, not list"),
    "a list, nested": (lambda ds: ds.query(["SELECT 1"], nested="json"), ParameterError, "is text, not list"),
    "no rows a batch": (lambda ds: ds.query_batches("SELECT 1", rows=0), ParameterError, "at least 1, not 0"),
    "a price in words": (lambda ds: Price(usd_per_tb="5"), ParameterError, "a number of dollars, not '5'"),
    "a price below zero": (lambda ds: Price(usd_per_tb=-1), ParameterError, "a number of dollars, not -1"),
    "a number for a price": (lambda ds: setattr(ds, "price", 5.0), ParameterError, "a Price, not float"),
    "an endpoint's address": (
        lambda ds: AthenaDataSource.local(ds.config.endpoint_url),
        ParameterError,
        r"from_access_key\(..., endpoint_url=...\)",
    ),
    "no credentials": (
        lambda ds: AthenaDataSource(config=ds.config, credentials="AKIA"),
        ConfigError,
        "credentials is of type str",
    ),
    "no config": (
        lambda ds: AthenaDataSource(config={}, credentials=ds.credentials),
        ConfigError,
        "config is of type dict",
    ),
    "a role of nobody": (
        lambda ds: AssumeRole(role_arn="arn:aws:iam::123456789012:role/analyst", source="analytics"),
        ConfigError,
        "source is of type str",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_argument_is_told_in_two_lines_before_anything_is_sent(ds: AthenaDataSource, name: str) -> None:
    """No traceback of this package's inside, and no call."""
    call, kind, said = WRONG[name]
    with recording() as calls, pytest.raises(kind, match=said) as found:
        call(ds)
    assert len(found.value._render_traceback_()) <= 2
    assert not calls


def test_results_are_kept_for_whole_days(ds: AthenaDataSource) -> None:
    """Not for a word, and not for none."""
    for days in ("30", 0, 1.5, True):
        given: Any = days
        with pytest.raises(ParameterError, match="in whole days, not for"):
            ds.retention(days=given)


def test_an_age_in_words_deletes_nothing(ds: AthenaDataSource) -> None:
    """It says what an age is."""
    age: Any = "30 days"
    with pytest.raises(ParameterError, match="a number of days or a timedelta, not '30 days'"):
        ds.purge(older_than=age, confirm=True)


def test_a_misspelt_method_is_told_with_the_nearest(ds: AthenaDataSource) -> None:
    """A notebook leaves out Python's own hint; what is there and fails keeps its own words."""
    with pytest.raises(AttributeError, match=r"no attribute 'qurey'\. Did you mean query\?$"):
        ds.qurey  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'xxxxxxx'$"):
        ds.xxxxxxx  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(ds, "_ipython_canary_method_should_not_exist_")


def test_a_property_that_fails_is_not_taken_for_a_missing_one(monkeypatch: pytest.MonkeyPatch, ds: Any) -> None:
    """Its own error comes through."""

    def broken(_: object) -> None:
        raise AttributeError("something inside")

    monkeypatch.setattr(AthenaDataSource, "session", property(broken))
    with pytest.raises(AttributeError, match=r"^something inside$"):
        _ = ds.session


def test_a_misspelt_field_is_told_with_the_others_problems() -> None:
    """All at once, as for every field."""
    make: Any = AthenaDataSource.from_profile
    with pytest.raises(ConfigError) as found:
        make("p", region="eu-west-1", database="sales", results_bucket="acme-results", results_path="j", work_group="a")
    assert str(found.value) == "work_group is no field of a data source; workgroup is."


GOOD = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "x" * 40, "results_bucket": "acme-results"}
GOOD |= {"region": "eu-west-1", "database": "sales"}


@pytest.mark.parametrize(
    ("make", "unnamed", "given", "said"),
    [
        (
            "from_access_key",
            (),
            {**GOOD, "acces_key_id": "AKIAIOSFODNN7EXAMPLE", "access_key_id": ...},
            [
                "access_key_id is missing, and from_access_key() needs it. For example: AKIAIOSFODNN7EXAMPLE",
                "acces_key_id is no field of from_access_key(); access_key_id is.",
            ],
        ),
        (
            "from_access_key",
            (),
            {**GOOD, "sesion_token": "x"},
            ["sesion_token is no field of from_access_key(); session_token is."],
        ),
        (
            "from_access_key",
            ("AKIAIOSFODNN7EXAMPLE",),
            {**GOOD, "region": ...},
            [
                "from_access_key() takes its fields by name.",
                "region is missing, and from_access_key() needs it. For example: eu-west-1",
            ],
        ),
        (
            "from_instance_profile",
            (),
            {"database": "sales", "results_bucket": "acme-results"},
            ["region is missing, and from_instance_profile() needs it. For example: eu-west-1"],
        ),
        (
            "from_profile",
            ("analytics", "eu-west-1"),
            {"database": "sales", "results_bucket": "acme-results", "region": "eu-west-1"},
            ["from_profile() takes its fields by name, all but profile."],
        ),
        ("local", (), {"databse": "nyc"}, ["databse is no field of local(); database is."]),
        ("load", (), {}, ["name is missing, and load() needs it. For example: sales"]),
    ],
)
def test_a_way_in_says_what_is_missing_or_misspelt(
    make: str, unnamed: tuple[str, ...], given: dict[str, Any], said: list[str]
) -> None:
    """In the name of what was called, all at once, before the gate, the file or the endpoint is asked."""
    with pytest.raises(ConfigError) as found:
        getattr(AthenaDataSource, make)(*unnamed, **{name: each for name, each in given.items() if each is not ...})
    assert [str(problem) for problem in found.value.problems] == said


def test_fields_given_to_the_class_itself_lead_to_the_ways_in() -> None:
    """A newcomer's first guess."""
    make: Any = AthenaDataSource
    with pytest.raises(ConfigError, match=r"from_access_key\(access_key_id=\.\.\., .*AthenaDataSource\.local\(\)"):
        make(**GOOD)


def test_pythons_own_errors_name_the_class_that_people_use(ds: Any) -> None:
    """Not the one that a method happens to be written in."""
    with pytest.raises(TypeError, match=r"^AthenaDataSource\.save\(\) missing .* 'name'"):
        ds.save()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("query('SELECT 1', ti", ["timeout="]),
        ("query('SELECT 1', max_scan=1, wor", ["workgroup="]),
        ("submit('SELECT 1', reu", ["reuse_minutes="]),
        ("policy(named", ["named_queries="]),
        ("preflight(de", ["depth="]),
        ("from_profile('p', max", ["max_scan="]),
        ("from_access_key(secret", ["secret_access_key="]),
    ],
)
def test_tab_offers_what_a_call_can_be_given(ds: AthenaDataSource, line: str, offered: list[str]) -> None:
    """The options' names among them."""
    method = line.partition("(")[0]
    completer = IPCompleter(namespace={method: getattr(ds, method)}, use_jedi=False)
    with provisionalcompleter():
        found = [each.text for each in completer.completions(line, len(line))]
    assert [each for each in found if each.endswith("=")] == offered


def test_a_signature_shows_every_option_and_no_machinery() -> None:
    """What `?` and help() show."""
    shown = str(inspect.signature(AthenaDataSource.query))
    assert "timeout: 'float | None' = ..." in shown
    assert "Unpack" not in shown
    assert set(inspect.signature(AthenaDataSource.from_profile).parameters) >= {"profile", "region", "strict_location"}


def test_one_place_may_stand_alone(ds: AthenaDataSource) -> None:
    """A text is not taken for its letters."""
    given: Any = "s3://acme-lake/exports/"
    assert "arn:aws:s3:::acme-lake/exports/*" in ds.policy(unload=given).resources


def test_a_refused_statement_says_what_to_do(ds: AthenaDataSource, local: LocalAthena) -> None:
    """Also where Athena's own words do not."""
    with pytest.raises(InvalidRequestError, match=r"ds.prepared_statements\(\) lists them"):
        ds.query("EXECUTE nobody_made_it")
    with pytest.raises(QuerySyntaxError, match=r"one by one, or all at once, in no order, with ds.query_many"):
        AthenaDataSource.local(local).query("SELECT 1; SELECT 2")


def test_a_copy_asks_aws_for_itself(ds: AthenaDataSource) -> None:
    """Its fields and who asks are the same; what talks to AWS is made when it is needed."""
    assert ds.contract.managed is False
    twin = copy.deepcopy(ds)
    assert (twin.config, twin.credentials, twin.price) == (ds.config, ds.credentials, ds.price)
    assert twin.tables() == ds.tables()


def test_only_a_secret_keeps_a_data_source_from_travelling(
    ds: AthenaDataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role's goes to another process; a key says why it does not."""
    with pytest.raises(TypeError, match="A secret is not pickled"):
        pickle.dumps(ds)
    monkeypatch.setenv("ATHENA_DS_ALLOW_INSTANCE_ROLE", "true")
    monkeypatch.setenv("ATHENA_DS_PERMISSIONS", "CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE")
    config = DataSourceConfig(region="eu-west-1", database="sales", results_bucket="acme-results", results_path="jane")
    made = AthenaDataSource(config=config, credentials=InstanceProfile())
    assert pickle.loads(pickle.dumps(made)).config == config


def test_help_names_every_option_of_a_query() -> None:
    """`ds.query?` is where people look."""
    told = AthenaDataSource.query.__doc__ or ""
    assert [name for name in QueryOptions.__annotations__ if f"`{name}`" not in told] == []


def test_what_is_shown_has_no_address_and_no_wall(ds: AthenaDataSource) -> None:
    """Names and numbers only, in a line."""
    for shown in (ds.policy(), ds.contract, ds, ds.door):
        assert " at 0x" not in repr(shown)
        assert len(repr(shown)) < 250
        assert "\n" not in repr(shown)


def test_a_plan_stands_in_lines() -> None:
    """At the end of a cell too, and it stays a text."""
    formatters = pytest.importorskip("IPython.lib.pretty")
    assert formatters.pretty(Plan("Fragment 0\n  Output")) == "Fragment 0\n  Output"
    assert Plan("a") == "a"
