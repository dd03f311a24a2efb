"""Data sources with names: kept without their secret, for their owner only, whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from athena_ds import AccessKey, AssumeRole, AthenaDataSource, DataSourceConfig, Encryption, Profile, SecretStr
from athena_ds.connection import saved
from athena_ds.errors import ConfigError, SavedDataSourceError, SettingsWarning

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY = AccessKey(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SecretStr(SECRET))
CONFIG = DataSourceConfig(
    region="eu-west-1",
    database="sales",
    results_bucket="acme-results",
    results_path="analysts/jane",
    workgroup="analysts",
    encryption=Encryption(option="SSE_KMS", kms_key="alias/x"),
    expected_bucket_owner="123456789012",
    strict_location=True,
    max_scan="10 GB",
)
ROLE = "arn:aws:iam::123456789012:role/analyst"


class Ring:
    """A keyring in memory, with keyring's own three verbs."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_keyring(self) -> Ring:
        return self

    def set_password(self, service: str, user: str, password: str) -> None:
        self.kept[service, user] = password

    def get_password(self, service: str, user: str) -> str | None:
        return self.kept.get((service, user))

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setitem(sys.modules, "keyring", made)
    return made


@pytest.fixture
def no_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


def data_source(credentials: Any = KEY) -> AthenaDataSource:
    return AthenaDataSource(config=CONFIG, credentials=credentials)


def test_every_field_comes_back(ring: Ring) -> None:
    """The secret from the keyring."""
    data_source().save("sales")
    again = AthenaDataSource.load("sales")
    assert again.config == CONFIG
    assert again.credentials == KEY
    assert AthenaDataSource.saved() == ["sales"]


@pytest.mark.parametrize("credentials", [Profile(name="x"), AssumeRole(role_arn=ROLE, source=KEY, external_id="e")])
def test_other_kinds_of_credentials_come_back_too(ring: Ring, credentials: Any) -> None:
    """A role with the key it is assumed with."""
    data_source(credentials).save("sales")
    assert AthenaDataSource.load("sales").credentials == credentials


def test_without_a_keyring_the_secret_is_asked_for(no_ring: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or given, or its absence explained where nobody can answer."""
    data_source().save("sales")
    assert AthenaDataSource.load("sales", secret_access_key=SECRET).credentials == KEY
    monkeypatch.setattr("getpass.getpass", lambda prompt: SECRET)
    assert AthenaDataSource.load("sales").credentials == KEY

    def nobody(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", nobody)
    with pytest.raises(SavedDataSourceError, match="athena-ds\\[keyring\\]"):
        AthenaDataSource.load("sales")


def test_a_keyring_that_does_not_open_stands_in_no_ones_way(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locked, or broken: the fields are kept all the same, the secret is asked for, and that is told without it."""

    class KeyringLockedError(Exception):
        pass

    def locked(*given: str) -> None:
        raise KeyringLockedError(*given)

    for verb in ("set_password", "get_password", "delete_password"):
        monkeypatch.setattr(ring, verb, locked)
    monkeypatch.setattr("getpass.getpass", lambda prompt: SECRET)
    for step in (data_source().save, AthenaDataSource.load, AthenaDataSource.remove):
        with pytest.warns(SettingsWarning, match="KeyringLockedError") as told:
            made = step("sales")
        assert SECRET not in str(told[0].message)
        if isinstance(made, AthenaDataSource):
            assert made.credentials == KEY
    assert AthenaDataSource.saved() == []


def test_a_temporary_key_is_not_kept(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be dead by the next day."""
    temporary = AccessKey(
        access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key=SecretStr(SECRET), session_token=SecretStr("t" * 40)
    )
    data_source(temporary).save("sales")
    assert not ring.kept


def test_the_file_is_its_owners_alone(no_ring: None) -> None:
    """And so is its directory."""
    file = data_source().save("sales")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert SECRET not in file.read_text()


def test_a_crash_while_saving_leaves_the_old_file(no_ring: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, and nothing beside it."""
    file = data_source().save("sales")
    before = file.read_bytes()

    def crash(handle: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="disk full"):
        data_source(Profile(name="other")).save("sales")
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_removing_forgets_the_secret_too(ring: Ring) -> None:
    """Nothing stays behind."""
    data_source().save("sales")
    AthenaDataSource.remove("sales")
    assert not ring.kept
    assert AthenaDataSource.saved() == []
    with pytest.raises(SavedDataSourceError, match="There is no data source 'sales'"):
        AthenaDataSource.remove("sales")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 65, "a\x00b", "..", "C:\\x", "a\nb"])
def test_a_name_cannot_lead_out_of_the_directory(no_ring: None, name: str) -> None:
    """Whatever it holds."""
    with pytest.raises(SavedDataSourceError):
        data_source().save(name)
    with pytest.raises(SavedDataSourceError):
        AthenaDataSource.load(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml [",
        "version = 2",
        "version = 1",
        "version = 1\nconfig = 5\ncredentials = 5",
        'version = 1\n[config]\nregion = "eu-west-1"\n[credentials]\nkind = "access_key"',
        "version = 1\n[config]\n[credentials]\n",
        "\x00\xff",
    ],
)
def test_a_file_that_is_none_of_ours_is_said(no_ring: None, text: str) -> None:
    """With its path, and no other error."""
    file = data_source().save("sales")
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises((SavedDataSourceError, ConfigError)):
        AthenaDataSource.load("sales", secret_access_key=SECRET)


def test_a_field_of_a_later_version_is_not_ignored(no_ring: None) -> None:
    """It may mean something that matters."""
    file = data_source(Profile(name="x")).save("sales")
    file.write_text(file.read_text().replace("[config]", '[config]\nfuture_field = "x"'))
    with pytest.raises(SavedDataSourceError, match="future_field"):
        AthenaDataSource.load("sales")


def test_the_directory_is_the_users_configuration(no_ring: None, tmp_path: Path) -> None:
    """Where the platform keeps such things."""
    assert tmp_path in data_source(Profile(name="x")).save("sales").parents
    assert saved.directory().name == "data_sources"
