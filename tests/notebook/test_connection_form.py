"""The connection form has the document's fields in its order, and checks them by the client's own rules."""

from __future__ import annotations

import pytest

from athena_ds.connection.credentials import SecretStr
from athena_ds.errors import (
    ClockSkewError,
    EndpointError,
    ParameterError,
    UnknownAccessKeyError,
    WrongSecretError,
)
from athena_ds.local import LocalAthena
from athena_ds.notebook.draft import Draft
from athena_ds.notebook.form import ConnectionForm, refused
from tests.notebook.conftest import Person, fields, shown_text

DOCUMENT_ORDER = [
    ("access_key_id", "AWS Access Key Id"),
    ("secret_access_key", "AWS Secret Access Key"),
    ("region", "AWS Region"),
    ("database", "Database"),
    ("results_bucket", "Query Results Bucket"),
    ("results_path", "Query Results Directory Path"),
]
PERMISSION = "CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE"


def gate(monkeypatch: pytest.MonkeyPatch, *, deployment: bool, permission: bool) -> None:
    """Set both halves of the gate in the environment."""
    monkeypatch.setenv("ATHENA_DS_ALLOW_INSTANCE_ROLE", str(deployment).lower())
    monkeypatch.setenv("ATHENA_DS_PERMISSIONS", PERMISSION if permission else "")


def test_the_fields_are_the_documents_in_its_order(messages: list[str]) -> None:
    """Labels and order follow the document; without the gate there is no method to choose."""
    shown = fields(ConnectionForm())
    assert [(name, block["label"]) for name, block in shown.items()] == DOCUMENT_ORDER


@pytest.mark.parametrize(("deployment", "permission"), [(False, False), (True, False), (False, True), (True, True)])
def test_the_method_is_offered_only_when_both_gates_are_open(
    messages: list[str], monkeypatch: pytest.MonkeyPatch, deployment: bool, permission: bool
) -> None:
    """All four combinations of deployment switch and permission."""
    gate(monkeypatch, deployment=deployment, permission=permission)
    shown = fields(ConnectionForm())
    assert ("method" in shown) is (deployment and permission)
    if "method" in shown:
        assert shown["method"]["options"] == ["AWS Access Key", "AWS Instance Role"]


def test_under_the_instance_role_there_are_no_key_fields(messages: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Choosing the role takes the key fields away; choosing the key brings them back."""
    gate(monkeypatch, deployment=True, permission=True)
    form = ConnectionForm()
    Person(form).changes("method", "AWS Instance Role")
    assert "access_key_id" not in fields(form)
    assert "secret_access_key" not in fields(form)
    Person(form).changes("method", "AWS Access Key")
    assert "access_key_id" in fields(form)


def test_a_method_that_is_not_on_offer_is_not_taken_from_the_browser(messages: list[str]) -> None:
    """A message that names the instance role changes nothing where the gate is shut."""
    form = ConnectionForm()
    Person(form).changes("method", "AWS Instance Role")
    assert [(name, block["label"]) for name, block in fields(form).items()] == DOCUMENT_ORDER


def test_a_temporary_key_asks_for_its_session_token(messages: list[str]) -> None:
    """ASIA keys come with a token."""
    form = ConnectionForm()
    Person(form).changes("access_key_id", "ASIA")
    assert "session_token" in fields(form)
    assert fields(form)["session_token"]["kind"] == "secret"


def test_every_wrong_field_has_its_own_message_at_once(messages: list[str]) -> None:
    """One submit of an empty form marks each required field, and says what would do."""
    form = ConnectionForm()
    Person(form).submits()
    assert set(form.errors) >= {"access_key_id", "secret_access_key", "region", "database", "results_bucket"}
    assert "eu-west-1" in form.errors["region"]
    assert form.status == "✕ 6 fields to correct"


def test_data_source_says_what_to_do_before_it_connected(messages: list[str]) -> None:
    """No half-made client is given away."""
    with pytest.raises(RuntimeError, match="press Connect"):
        _ = ConnectionForm().data_source


def test_a_secret_cannot_be_a_first_value(messages: list[str]) -> None:
    """A literal secret in a cell is refused, not taken."""
    with pytest.raises(ValueError, match="secret_access_key"):
        ConnectionForm(secret_access_key="anything")


def test_a_first_value_must_be_one_that_can_be(messages: list[str]) -> None:
    """A misspelt field and a method that does not exist are told, not taken or tripped over."""
    with pytest.raises(ParameterError, match=r"Did you mean database\?"):
        ConnectionForm(databse="sales")
    with pytest.raises(ParameterError, match="'AWS Access Key' or 'AWS Instance Role', not 'role'"):
        ConnectionForm(method="role")


def test_what_there_is_can_be_picked_before_every_field_is_filled_in(messages: list[str], local: LocalAthena) -> None:
    """A right key alone brings the account's databases and buckets; the fields still missing are marked."""
    form = ConnectionForm(endpoint_url=local.endpoint_url, region=local.region)
    Person(form).submits({"secret_access_key": local.secret_access_key}, access_key_id=local.access_key_id)
    assert "nyc" in fields(form)["database"]["options"]
    assert {"database", "results_bucket"} <= set(form.errors)
    assert f"arn:aws:iam::{local.account_id}" in shown_text(form)
    with pytest.raises(RuntimeError):
        _ = form.data_source


def test_what_aws_refuses_stands_beside_its_field() -> None:
    """A wrong secret is not kept; what belongs to no field stands on the card."""
    draft = Draft(secrets={"secret_access_key": SecretStr("wrong")})
    assert list(refused(draft, UnknownAccessKeyError())) == ["access_key_id"]
    assert list(refused(draft, ClockSkewError(seconds=400))) == [""]
    assert list(refused(draft, WrongSecretError())) == ["secret_access_key"]
    assert draft.secrets == {}
    unanswered = EndpointError(operation="sts:GetCallerIdentity", message="no connection", remedy="Check the network.")
    assert refused(draft, unanswered)[""].endswith("no connection. Check the network.")
