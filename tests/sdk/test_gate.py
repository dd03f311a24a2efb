"""The gate before the instance role: deployment and permission, four combinations, closed by default."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from athena_ds import AssumeRole, AthenaDataSource, AuthenticationMethod, InstanceProfile
from athena_ds.connection.governance import PERMISSION, Gate
from athena_ds.errors import InstanceRoleNotAllowedError

PLACE = {"region": "eu-west-1", "database": "sales", "results_bucket": "acme", "results_path": "p"}
BOTH = (AuthenticationMethod.ACCESS_KEY, AuthenticationMethod.INSTANCE_ROLE)


@pytest.fixture
def admin_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the administrator's file is in this test."""
    monkeypatch.setattr("athena_ds.connection.governance.administrators_directory", lambda: tmp_path / "etc/athena_ds")
    monkeypatch.setattr("pwd.getpwuid", lambda _: SimpleNamespace(pw_name="jane"))
    file = tmp_path / "etc" / "athena_ds" / "governance.toml"
    file.parent.mkdir(parents=True)
    return file


def by_environment(monkeypatch: pytest.MonkeyPatch, *, allows: bool, permitted: bool) -> None:
    monkeypatch.setenv("ATHENA_DS_ALLOW_INSTANCE_ROLE", "true" if allows else "false")
    monkeypatch.setenv("ATHENA_DS_PERMISSIONS", PERMISSION if permitted else "CREATE_DATA_SOURCE")


def by_file(file: Path, *, allows: bool, permitted: bool) -> None:
    granted = f'["{PERMISSION}"]' if permitted else "[]"
    file.write_text(
        f'instance_role_allowed = {str(allows).lower()}\ncontact = "ops@acme"\n[permissions]\njane = {granted}\n'
    )


@pytest.mark.parametrize("where", ["environment", "file"])
@pytest.mark.parametrize("permitted", [True, False])
@pytest.mark.parametrize("allows", [True, False])
def test_the_role_is_on_offer_only_if_both_hold(
    admin_file: Path, monkeypatch: pytest.MonkeyPatch, where: str, allows: bool, permitted: bool
) -> None:
    """In the four combinations, whoever decides; otherwise the error says which is missing."""
    if where == "file":
        by_file(admin_file, allows=allows, permitted=permitted)
    else:
        by_environment(monkeypatch, allows=allows, permitted=permitted)
    gate = Gate.current()
    assert gate.methods() == (BOTH if allows and permitted else BOTH[:1])
    if allows and permitted:
        assert AthenaDataSource.from_instance_profile(**PLACE).credentials == InstanceProfile()
        return
    with pytest.raises(InstanceRoleNotAllowedError) as raised:
        AthenaDataSource.from_instance_profile(**PLACE)
    assert len(raised.value.missing) == 2 - allows - permitted
    assert ("this deployment does not" in str(raised.value)) is not allows
    assert (PERMISSION in str(raised.value)) is not permitted
    assert ("ops@acme" if where == "file" else "administrator") in raised.value.remedy


def test_the_gate_is_closed_by_default(admin_file: Path) -> None:
    """As the document says."""
    assert Gate.current().methods() == BOTH[:1]


def test_the_administrators_file_cannot_be_loosened_by_the_environment(
    admin_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither by the switch nor by naming another file."""
    by_environment(monkeypatch, allows=True, permitted=True)
    by_file(admin_file, allows=False, permitted=False)
    other = tmp_path / "mine.toml"
    by_file(other, allows=True, permitted=True)
    monkeypatch.setenv("ATHENA_DS_GOVERNANCE_FILE", str(other))
    assert not Gate.current().open


@pytest.mark.skipif(os.name == "nt", reason="Windows names the directory itself")
def test_where_the_administrators_file_is_no_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Else a directory of one's own, without such a file, would put the environment in charge."""
    usual = Gate.file()
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    assert Gate.file() == usual


def test_nobody_becomes_another_by_a_variable(admin_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's names are the system's accounts; the hub's, which a variable holds, only where the file says so."""
    admin_file.write_text(f'instance_role_allowed = true\n[permissions]\njoe = ["{PERMISSION}"]\n')
    monkeypatch.setenv("JUPYTERHUB_USER", "joe")
    assert not Gate.current().open
    admin_file.write_text(f'people = "jupyterhub"\n{admin_file.read_text()}')
    assert Gate.current().open
    monkeypatch.delenv("JUPYTERHUB_USER")
    assert not Gate.current().open


def test_a_permission_for_everyone_counts_for_each(admin_file: Path) -> None:
    """The star stands for all people."""
    admin_file.write_text(f'instance_role_allowed = true\n[permissions]\n"*" = ["{PERMISSION}"]\n')
    assert Gate.current().open


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        "instance_role_allowed = 'yes'",
        "instance_role_allowed = true\npermissions = 5\n",
        "instance_role_allowed = true\npeople = 'hub'\n",
    ],
)
def test_a_file_that_cannot_be_read_allows_nothing(
    admin_file: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """And says that it is the file."""
    by_environment(monkeypatch, allows=True, permitted=True)
    admin_file.write_text(text)
    with pytest.raises(InstanceRoleNotAllowedError, match="cannot be read"):
        Gate.current().check()


def test_every_way_to_the_role_stands_behind_the_gate(admin_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The constructor, a role assumed with it, and a data source saved when it was allowed."""
    by_environment(monkeypatch, allows=True, permitted=True)
    made = AthenaDataSource.from_instance_profile(**PLACE)
    made.save("on-the-instance")
    by_environment(monkeypatch, allows=True, permitted=False)
    assumed = AssumeRole(role_arn="arn:aws:iam::123456789012:role/x", source=InstanceProfile())
    for again in (
        lambda: AthenaDataSource(config=made.config, credentials=InstanceProfile()),
        lambda: AthenaDataSource(config=made.config, credentials=assumed),
        lambda: AthenaDataSource.load("on-the-instance"),
        lambda: made.door.session,
    ):
        with pytest.raises(InstanceRoleNotAllowedError):
            again()
