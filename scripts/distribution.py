"""Does a built wheel or sdist contain what it should, and nothing else? `python -m scripts.distribution FILE ...`."""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from pathlib import Path

WHEEL_TOPS = {"athena_ds"}
WHEEL_NEEDS = {
    "athena_ds/py.typed",
    "athena_ds/local/sql/functions.jsonl",
    "athena_ds/notebook/static/card.js",
    "athena_ds/notebook/static/card.css",
}
SDIST_NEEDS = {"README.md", "LICENSE", "CHANGELOG.md", "constraints.txt", "pyproject.toml", "hatch_build.py"}
SDIST_FOLDERS = {"athena_ds", "tests", "notebooks", "docs", "benchmarks", "scripts"}
_LINK = re.compile(r"\]\((?!\w+:)[^)]+\)")
NEVER = (".ipynb_checkpoints", "__pycache__", ".pyc", ".venv", ".DS_Store")


def problems_of(path: Path) -> list[str]:
    """Sentences on what is missing from a distribution or does not belong in it."""
    if path.suffix == ".whl":
        names = set(zipfile.ZipFile(path).namelist())
        tops = {name.split("/")[0] for name in names} - WHEEL_TOPS
        found = [f"unexpected top level {top}" for top in tops if not top.endswith(".dist-info")]
        found += [f"missing {name}" for name in WHEEL_NEEDS - names]
        found += [f"its page links into the checkout: {link}" for link in _LINK.findall(_page(path))]
    else:
        with tarfile.open(path) as archive:
            names = {member.name.split("/", 1)[1] for member in archive.getmembers() if "/" in member.name}
        found = [f"missing {name}" for name in SDIST_NEEDS - names]
        found += [f"missing folder {top}" for top in SDIST_FOLDERS - {name.split("/")[0] for name in names}]
    return found + [f"does not belong: {name}" for name in names if any(word in name for word in NEVER)]


def _page(wheel: Path) -> str:
    """What a package index shows of it."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def main() -> int:
    """Print the problems of every file named; 1 if there is one."""
    bad = [f"{path.name}: {problem}" for path in map(Path, sys.argv[1:]) for problem in problems_of(path)]
    sys.stdout.write("\n".join(bad) + "\n" if bad else "wheel and sdist hold what they should\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
