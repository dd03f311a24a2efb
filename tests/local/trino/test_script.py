"""scripts/trino says what is missing, and where there is nothing to start it exits with 69."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "trino"


def jdk(tmp_path: Path, **versions: str) -> Path:
    """A folder of JDKs that say only which version they are."""
    for name, version in versions.items():
        java = tmp_path / "jdks" / name / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
        java.chmod(0o755)
    return tmp_path / "jdks"


def asked(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The script on a machine whose JDKs are in this folder, and no others."""
    tools = folder / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    for tool in ("bash", "env", "sed", "readlink", "curl", "grep", "dirname", "tail"):
        found = next(
            Path(place, tool) for place in ("/bin", "/usr/bin", "/usr/local/bin") if Path(place, tool).exists()
        )
        (tools / tool).symlink_to(found)
    around = {
        "PATH": str(tools),
        "HOME": str(folder),
        "TRINO_PORT": "9",
        "TRINO_JDKS": " ".join(map(str, folder.glob("*"))),
        **variables,
    }
    return subprocess.run([SCRIPT, *command], env=around, capture_output=True, text=True, check=False)


def test_without_a_jdk_it_says_so(tmp_path: Path) -> None:
    """What is needed, that nothing was installed, and three ways on."""
    found = asked(jdk(tmp_path), "run", "true")
    assert found.returncode == 69
    assert "needs a JDK of 24 or later, and none was found" in found.stderr
    assert "Nothing was installed" in found.stderr
    assert all(way in found.stderr for way in ("https://adoptium.net", "JAVA24_HOME", "TRINO_URL"))


def test_a_jdk_that_is_too_old_is_named(tmp_path: Path) -> None:
    """With its version and its place."""
    folder = jdk(tmp_path, eight="1.8.0_392", seventeen="17.0.9")
    found = asked(folder, "start", JAVA_HOME=str(folder / "eight"))
    assert found.returncode == 69
    assert f"older (1 in {folder}/eight; " in found.stderr
    assert f"17 in {folder}/seventeen" in found.stderr


@pytest.mark.parametrize("version", ["24", "25.0.1", "26-ea"])
def test_a_jdk_that_is_new_enough_is_taken(tmp_path: Path, version: str) -> None:
    """Also beside an older one."""
    folder = jdk(tmp_path, eleven="11.0.2", new=version)
    found = asked(folder, "jdk")
    assert (found.returncode, found.stdout.strip()) == (0, str(folder / "new"))


def test_an_address_where_nothing_answers_is_told(tmp_path: Path) -> None:
    """TRINO_URL takes the place of a JDK."""
    found = asked(jdk(tmp_path), "start", TRINO_URL="http://127.0.0.1:9")
    assert (found.returncode, "no Trino answers at http://127.0.0.1:9" in found.stderr) == (1, True)


def test_maven_brings_the_server_to_where_it_is_looked_for(tmp_path: Path) -> None:
    """Its own home is the account's, whatever HOME says; that it fails is told."""
    folder = jdk(tmp_path, new="25.0.1")
    maven = folder / "tools" / "mvn"
    maven.parent.mkdir()
    maven.write_text('#!/bin/sh\necho "$@" > "$HOME/told"\nexit 1\n')
    maven.chmod(0o755)
    found = asked(folder, "start")
    assert found.returncode == 69
    assert "Maven could not bring it" in found.stderr
    assert f"-Dmaven.repo.local={folder}/.m2/repository " in (folder / "told").read_text()
