"""The key pair: both or neither, in the right boxes, and never shown."""

from __future__ import annotations

from typing import Any

import pytest

from athena_ds import AccessKey, AssumeRole, AthenaDataSource, Profile, SecretStr
from athena_ds.errors import ConfigError

ID = "AKIAIOSFODNN7EXAMPLE"
TEMPORARY = "ASIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def problems(**fields: object) -> dict[str, str]:
    with pytest.raises(ConfigError) as raised:
        AccessKey(**fields)  # type: ignore[arg-type]
    assert SECRET not in str(raised.value)
    return {problem.field: problem.wrong for problem in raised.value.problems}


def test_both_parts_of_the_pair_are_needed() -> None:
    """Each missing part is named."""
    assert list(problems(access_key_id=ID, secret_access_key="")) == ["secret_access_key"]
    assert list(problems(access_key_id="", secret_access_key=SECRET)) == ["access_key_id"]
    assert list(problems(access_key_id="", secret_access_key="")) == ["access_key_id", "secret_access_key"]


def test_a_secret_in_the_id_box_is_recognised_and_not_echoed() -> None:
    """The most common slip with two boxes."""
    assert "looks like a secret" in problems(access_key_id=SECRET, secret_access_key=SECRET)["access_key_id"]


def test_an_id_in_the_secret_box_is_recognised() -> None:
    """The other way round."""
    assert "holds an access key id" in problems(access_key_id=ID, secret_access_key=ID)["secret_access_key"]


@pytest.mark.parametrize("prefix", ["AIDA", "AROA", "AGPA"])
def test_an_id_of_something_else_is_told_apart(prefix: str) -> None:
    """IAM's ids of users, roles and groups look alike."""
    wrong = problems(access_key_id=prefix + ID[4:], secret_access_key=SECRET)["access_key_id"]
    assert "not of an access key" in wrong


def test_a_temporary_key_wants_its_token() -> None:
    """AWS would answer InvalidClientTokenId, which says nothing."""
    assert list(problems(access_key_id=TEMPORARY, secret_access_key=SECRET)) == ["session_token"]
    assert AccessKey(access_key_id=TEMPORARY, secret_access_key=SecretStr(SECRET), session_token=SecretStr("t" * 50))


def test_blanks_around_a_pasted_key_are_taken_off() -> None:
    """Copying takes a line end along."""
    key = AccessKey(access_key_id=f" {ID}\n", secret_access_key=SecretStr(f"{SECRET} \n"))
    assert key.access_key_id == ID
    assert key.secret_access_key.reveal() == SECRET


def test_an_unusual_key_is_taken_with_a_notice() -> None:
    """Other clouds and endpoints have other forms."""
    key = AccessKey(access_key_id="LOCALKEY12345678", secret_access_key=SecretStr("short"))
    assert len(key.notices) == 2
    assert not AccessKey(access_key_id=ID, secret_access_key=SecretStr(SECRET)).notices


def test_problems_of_key_and_place_come_together() -> None:
    """A form shows them all beside their fields."""
    with pytest.raises(ConfigError) as raised:
        AthenaDataSource.from_access_key(
            access_key_id="", secret_access_key=SECRET, region="x", database="", results_bucket="b", results_path="p"
        )
    assert {problem.field for problem in raised.value.problems} == {
        "access_key_id",
        "region",
        "database",
        "results_bucket",
    }


def test_a_role_and_a_profile_are_checked_too() -> None:
    """Before anything is asked of AWS."""
    with pytest.raises(ConfigError, match="profile is empty"):
        Profile(name=" ")
    with pytest.raises(ConfigError) as raised:
        AssumeRole(role_arn="analyst", source=Profile(name="p"), session_name="x", duration_seconds=5)
    assert {problem.field for problem in raised.value.problems} == {"role_arn", "session_name", "duration_seconds"}


@pytest.mark.parametrize(("key_id", "secret"), [(None, "x" * 40), ("AKIAIOSFODNN7EXAMPLE", None), (None, None), (5, 5)])
def test_a_half_of_the_pair_that_was_never_set_is_told(key_id: Any, secret: Any) -> None:
    """An unset variable gives None: a problem of that field, not an AttributeError."""
    with pytest.raises(ConfigError, match="the key pair needs both its parts") as raised:
        AccessKey(access_key_id=key_id, secret_access_key=secret)
    missing = [name for name, value in (("access_key_id", key_id), ("secret_access_key", secret)) if value in (None, 5)]
    assert [problem.field for problem in raised.value.problems] == missing
