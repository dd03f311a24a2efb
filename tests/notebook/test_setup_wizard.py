"""The wizard walks from credentials to a first result; every step validates, Back keeps what was filled in."""

from __future__ import annotations

import getpass
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from athena_ds import AthenaDataSource, Encryption, InstanceProfile, Profile
from athena_ds.connection import saved
from athena_ds.errors import SavedDataSourceError
from athena_ds.local import LocalAthena
from athena_ds.local.faults import ExpiredToken
from athena_ds.notebook.wizard import SetupWizard
from tests.conftest import clients_of
from tests.notebook.conftest import Person, fields, shown_text


@pytest.fixture
def wizard(messages: list[str], local: LocalAthena) -> SetupWizard:
    """A wizard on the endpoint with the sample database."""
    return SetupWizard(endpoint_url=local.endpoint_url, region=local.region)


def sign_in(wizard: SetupWizard, local: LocalAthena) -> Person:
    """Through the first step."""
    person = Person(wizard)
    person.submits({"secret_access_key": local.secret_access_key}, access_key_id=local.access_key_id)
    return person


def to_preflight(wizard: SetupWizard, local: LocalAthena) -> Person:
    """Through the first three steps."""
    person = sign_in(wizard, local)
    person.submits(database="nyc")
    person.submits(results_bucket="athena-ds-results", results_path="wizard")
    return person


def as_jane(guarded: LocalAthena, statements: list[dict[str, Any]]) -> tuple[SetupWizard, Person]:
    """A wizard that a user who may do this, and nothing else, has signed in to."""
    iam = clients_of(guarded)("iam")
    iam.create_user(UserName="jane")
    keys = iam.create_access_key(UserName="jane")["AccessKey"]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName="jane", PolicyName="only", PolicyDocument=document)
    wizard = SetupWizard(endpoint_url=guarded.endpoint_url, region=guarded.region)
    person = Person(wizard)
    person.submits({"secret_access_key": keys["SecretAccessKey"]}, access_key_id=keys["AccessKeyId"])
    return wizard, person


def block(wizard: SetupWizard, kind: str) -> dict[str, Any]:
    """The first block of a kind."""
    return next(each for each in wizard.blocks if each["type"] == kind)


def test_signing_in_says_who_and_offers_the_databases(wizard: SetupWizard, local: LocalAthena) -> None:
    """The ARN stands on the next step, beside the databases Glue shows."""
    sign_in(wizard, local)
    assert wizard.step == "Database"
    assert f"arn:aws:iam::{local.account_id}" in shown_text(wizard)
    assert "nyc" in fields(wizard)["database"]["options"]


def test_a_wrong_key_stays_on_the_first_step(wizard: SetupWizard, messages: list[str]) -> None:
    """Missing fields are named beside themselves."""
    Person(wizard).submits(access_key_id="AKIA")
    assert wizard.step == "Sign in"
    assert {"access_key_id", "secret_access_key"} <= set(wizard.errors)


def test_a_chosen_database_shows_what_is_inside(wizard: SetupWizard, local: LocalAthena) -> None:
    """Its tables are listed before it is taken."""
    sign_in(wizard, local).changes("database", "nyc")
    assert "flights" in json.dumps(block(wizard, "table"))


def test_back_keeps_what_was_filled_in(wizard: SetupWizard, local: LocalAthena) -> None:
    """Going back and forth loses nothing; the secret need not be typed again."""
    person = sign_in(wizard, local)
    person.submits(database="nyc")
    person.presses("back")
    assert fields(wizard)["database"]["value"] == "nyc"
    person.presses("back")
    assert fields(wizard)["access_key_id"]["value"] == local.access_key_id
    person.submits()
    assert wizard.step == "Database"


def test_preflight_shows_a_row_a_check_and_lets_go_on(wizard: SetupWizard, local: LocalAthena) -> None:
    """Rows came one after another; nothing failed, so Continue is open."""
    to_preflight(wizard, local)
    assert wizard.step == "Preflight"
    assert "passed" in json.dumps(block(wizard, "verdict"))
    assert "The next step proposes a rule." in shown_text(wizard)  # and not a method to call
    forward = next(each for each in wizard.blocks[-1]["actions"] if each["action"] == "forward")
    assert not forward["disabled"]


def test_a_missing_bucket_fails_preflight_with_what_to_do(wizard: SetupWizard, local: LocalAthena) -> None:
    """Continue is shut, and the failed row says what is wrong."""
    person = sign_in(wizard, local)
    person.submits(database="nyc")
    person.submits(results_bucket="no-such-bucket-anywhere", results_path="wizard")
    assert "failed" in json.dumps(block(wizard, "verdict"))
    forward = next(each for each in wizard.blocks[-1]["actions"] if each["action"] == "forward")
    assert forward["disabled"]


@pytest.mark.parametrize(
    ("statement", "offered"),
    [
        ({"Effect": "Allow", "NotAction": "s3:AbortMultipartUpload", "Resource": "*"}, True),
        ({"Effect": "Deny", "Action": "s3:AbortMultipartUpload", "Resource": "*"}, False),
    ],
    ids=["not granted", "denied"],
)
def test_a_policy_is_offered_only_where_a_grant_helps(
    messages: list[str], statement: dict[str, str], offered: bool
) -> None:
    """A right that is missing comes as a policy to copy; against a Deny there is only who can lift it."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    with LocalAthena(iam=True) as guarded:
        wizard, person = as_jane(guarded, [statement] if offered else [everything, statement])
        person.submits(database="nyc")
        person.submits(results_bucket="athena-ds-results", results_path="wizard")
    said = json.dumps(wizard.blocks)
    assert ("The policy that is missing" in said) is offered
    assert ("lift the explicit deny of s3:AbortMultipartUpload" in said) is not offered


def test_to_a_first_dataframe_and_a_cell_without_a_secret(
    wizard: SetupWizard, local: LocalAthena, messages: list[str]
) -> None:
    """Through every step: rows of a chosen table, then the code that does the same and asks for the secret."""
    person = to_preflight(wizard, local)
    person.submits()
    assert wizard.step == "Retention"
    person.submits()
    assert wizard.step == "First query"
    person.changes("table", "airlines")
    person.presses("run", table="flights")
    shown = block(wizard, "table")
    assert [shown["columns"][at] for at in shown["numbers"][:2]] == ["year", "day"]
    assert shown["columns"].index("carrier") not in shown["numbers"]
    person.presses("run", table="airlines")
    assert "Endeavor Air" in shown_text(wizard)
    person.submits()
    assert wizard.step == "Done"
    cell = block(wizard, "code")["text"]
    assert "getpass(" in cell
    assert local.secret_access_key not in "".join(messages) + cell
    assert wizard.data_source.config.database == "nyc"


def test_a_saved_data_source_is_taken_up_without_a_prompt(
    wizard: SetupWizard, local: LocalAthena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every field is filled in; nobody is asked outside the card, where a kernel would wait for an answer."""
    monkeypatch.setattr(saved, "directory", lambda: tmp_path)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: pytest.fail(f"asked: {prompt}"))
    to_preflight(wizard, local)
    wizard.data_source.save("walked")
    again = SetupWizard("walked")
    assert fields(again)["access_key_id"]["value"] == local.access_key_id
    person = sign_in(again, local)
    assert fields(again)["database"]["value"] == "nyc"
    person.submits(database="nyc")
    assert fields(again)["results_path"]["value"] == "wizard"


def test_what_the_wizard_does_not_ask_for_is_kept(
    wizard: SetupWizard, local: LocalAthena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A saved workgroup or limit is neither asked for nor lost: saving again writes it again, the cell names it."""
    monkeypatch.setattr(saved, "directory", lambda: tmp_path)
    to_preflight(wizard, local)
    kept = replace(wizard.data_source.config, max_scan="10 GB", encryption=Encryption(option="SSE_S3"))
    saved.save("limited", config=kept, credentials=wizard.data_source.credentials)
    again = SetupWizard("limited")
    person = to_preflight(again, local)
    for _ in ("Retention", "First query", "Done"):
        person.submits()
    person.submits(name="limited")
    assert saved.recall("limited").config == again.data_source.config == replace(kept, results_path="wizard")
    cell = block(again, "code")["text"]
    assert "    max_scan='10 GB',\n" in cell
    assert "from athena_ds import AthenaDataSource, Encryption\n" in cell


def test_a_kind_of_sign_in_without_fields_is_not_taken_up(
    wizard: SetupWizard, local: LocalAthena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instead of asking for keys that the data source does not have, the error says how to load it."""
    monkeypatch.setattr(saved, "directory", lambda: tmp_path)
    to_preflight(wizard, local)
    saved.save("by-profile", config=wizard.data_source.config, credentials=Profile(name="analytics"))
    with pytest.raises(SavedDataSourceError, match=r"no fields for: profile"):
        SetupWizard("by-profile")


def test_tables_that_cannot_be_listed_are_told(wizard: SetupWizard, local: LocalAthena) -> None:
    """An empty database and one that cannot be looked into do not look the same."""
    person = sign_in(wizard, local)
    local.faults.add("glue:GetTables", ExpiredToken())
    try:
        person.changes("database", "nyc")
        assert "could not be listed" in shown_text(wizard)
    finally:
        local.faults.clear()
    person.changes("database", "nyc")
    assert "flights" in shown_text(wizard)


def test_with_the_least_policy_the_wizard_comes_to_a_first_result(messages: list[str]) -> None:
    """It does not allow listing databases or buckets: names are typed, and the tables are there all the same."""
    with LocalAthena(iam=True) as guarded:
        administrator = AthenaDataSource.local(guarded)
        administrator.query("SELECT 1")
        wizard, person = as_jane(guarded, administrator.policy().document["Statement"])
        person.submits(database="NYC ")
        person.submits(results_bucket="athena-ds-results", results_path="query-results")
        assert wizard.step == "Preflight"
        person.submits()
        person.submits()
        assert wizard.step == "First query"
        assert "flights" in fields(wizard)["table"]["options"]
        person.presses("run", table="airlines")
        assert "Endeavor Air" in shown_text(wizard)


def test_what_stands_in_the_way_holds_for_enter_too(wizard: SetupWizard, local: LocalAthena) -> None:
    """A failed preflight is not left by a submit either."""
    person = sign_in(wizard, local)
    person.submits(database="nyc")
    person.submits(results_bucket="no-such-bucket-anywhere", results_path="wizard")
    person.submits()
    assert wizard.step == "Preflight"


def test_another_database_leaves_nothing_of_the_first(wizard: SetupWizard, local: LocalAthena) -> None:
    """Neither its tables nor the rows read, and the name suggested is the new one's."""
    person = to_preflight(wizard, local)
    person.submits()
    person.submits()
    person.presses("run", table="airlines")
    person.submits()
    assert fields(wizard)["name"]["value"] == "nyc"
    for _ in ("First query", "Retention", "Preflight", "Results", "Database"):
        person.presses("back")
    person.submits(database="default")
    person.submits()
    for _ in ("Retention", "First query"):
        person.submits()
    assert wizard.step == "First query"
    assert "Endeavor Air" not in shown_text(wizard)
    assert fields(wizard)["table"]["kind"] == "text"
    person.presses("run", table="")
    assert "Type the name of a table first" in shown_text(wizard)
    person.presses("run", table="airlnes")
    assert "Check name, database and region" in shown_text(wizard)  # what to do, not only what happened
    person.submits()
    assert fields(wizard)["name"]["value"] == "default"


def test_a_database_nobody_sees_is_told_at_once(wizard: SetupWizard, local: LocalAthena) -> None:
    """With the names there are, before preflight proves it."""
    sign_in(wizard, local).changes("database", "nycc")
    assert "Close names: nyc." in shown_text(wizard)


def test_who_lacks_only_the_permission_is_told_so(messages: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Not that it is off, where the deployment allows it."""
    assert "is off here" in shown_text(SetupWizard())
    monkeypatch.setenv("ATHENA_DS_ALLOW_INSTANCE_ROLE", "true")
    assert "needs the permission CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE" in shown_text(SetupWizard())


def test_a_saved_instance_role_that_is_off_by_now_is_told(
    wizard: SetupWizard, local: LocalAthena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Key fields do not simply take its place."""
    monkeypatch.setattr(saved, "directory", lambda: tmp_path)
    to_preflight(wizard, local)
    saved.save("by-role", config=wizard.data_source.config, credentials=InstanceProfile())
    assert "Saved with the instance role" in shown_text(SetupWizard("by-role"))
