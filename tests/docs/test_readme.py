"""The README keeps its promises: short, its output is what the code prints, its links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.pictures import PICTURES
from tests.docs.pages import ROOT, blocks, pages

README = ROOT / "README.md"


def test_the_readme_fits_one_screen_of_words() -> None:
    """Under 600 words, code apart."""
    prose = re.sub(r"```.*?```", "", README.read_text(), flags=re.DOTALL)
    words = re.findall(r"[\w'.()-]+", prose)
    assert len(words) < 600, f"{len(words)} words"


def test_the_two_commands_are_on_the_first_screen() -> None:
    """A newcomer sees them without scrolling."""
    first = README.read_text().splitlines()[:30]
    assert any("scripts/demo" in line for line in first)
    assert any("scripts/test" in line for line in first)


def test_the_demos_notebook_is_reached_without_a_browser_too(tmp_path: Path) -> None:
    """JupyterLab prints the notebook's own address, and starts for root, as people are in a container."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "demo", tmp_path / "scripts" / "demo")
    for name, does in (("scripts/setup", "exit 0"), (".venv/bin/jupyter", 'printf "%s\\n" "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    told = subprocess.run([tmp_path / "scripts" / "demo", "--lab", "--no-browser"], capture_output=True, check=True)
    given = told.stdout.decode().split()
    first = next(each.partition("=")[2] for each in given if each.startswith("--LabApp.default_url="))
    folder = next(each.partition("=")[2] for each in given if each.startswith("--ServerApp.root_dir="))
    assert (ROOT / Path(folder).name / Path(first).name).is_file()
    assert first.startswith("/lab/tree/")
    assert "--no-browser" in given
    assert ("--allow-root" in given) is (os.getuid() == 0)


def test_the_output_shown_is_what_the_query_gives() -> None:
    """The text block under the first Python block is that block's last frame."""
    from athena_ds import AthenaDataSource

    code, shown = [block for block in blocks(README) if block.language in {"python", "text"}][:2]
    sql = re.search(r'query\("(.+?)"\)', code.code)
    assert sql is not None
    assert str(AthenaDataSource.local().query(sql[1])) == shown.code


def test_links_to_files_lead_somewhere() -> None:
    """A relative link of any page names a file or folder that exists."""
    dead = []
    for page in pages():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            # The build places the notebooks under docs/tutorials, their README as its index.
            placed = re.sub(r"^tutorials/(index\.md)?", "../notebooks/", target)
            where = Path(page.parent / placed)
            if not where.exists() and not where.with_suffix(".md").exists():
                dead.append(f"{page.relative_to(ROOT)}: {target}")
    assert not dead, "\n".join(dead)


def test_every_picture_of_the_docs_can_be_taken_again() -> None:
    """A test of the browser sees each, under the name that `scripts.pictures` copies."""
    assert {path.stem for path in (ROOT / "docs" / "images").glob("*.png")} == set(PICTURES)
    for picture in PICTURES.values():
        file, _, test = picture.test.partition("::")
        code = (ROOT / "tests" / "browser" / file).read_text()
        body = code.split(f"def {test.partition('[')[0]}(")[1].split("\ndef ")[0]
        # What is parametrised stands in braces in the test's own name for it.
        taken = "|".join(re.sub(r"\\\{.*?\\\}", ".+", re.escape(name)) for name in re.findall(r'shot\(f?"(.+?)"', body))
        assert re.fullmatch(taken, picture.seen), picture
