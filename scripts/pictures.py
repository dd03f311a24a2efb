"""Take the pictures of the docs anew: `python -m scripts.pictures [NAME ...]`, all of docs/images/*.png unless named.

Each is what a test of the browser sees on its way; the tests run, and what they saw replaces the picture.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES, SEEN = ROOT / "docs" / "images", ROOT / "artifacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Which test sees it, and what the test calls it."""

    test: str
    seen: str


_WALK = "test_wizard.py::test_from_the_first_field_to_a_first_dataframe"
PICTURES = {
    "connection-form": Picture(test="test_form_in_lab.py::test_focus_goes_to_the_first_bad_field", seen="form-errors"),
    "explorer": Picture(test="test_shown.py::test_the_explorer_by_keyboard[1000]", seen="explorer-1000"),
    "live-query": Picture(
        test="test_live_query.py::test_cancel_on_a_submitted_query_stops_it[ipykernel-7]", seen="live-query-ipykernel-7"
    ),
    "wizard-dark": Picture(test="test_wizard.py::test_by_keyboard_alone_in_the_dark", seen="wizard-dark-4-preflight"),
    "wizard-database": Picture(test=_WALK, seen="wizard-2-database"),
    "wizard-narrow": Picture(test="test_wizard.py::test_in_voila_on_a_narrow_screen", seen="wizard-narrow-4-preflight"),
    "wizard-preflight": Picture(test=_WALK, seen="wizard-4-missing-permission"),
}


def main(names: list[str]) -> int:
    """Run the tests that see the pictures named, or all, and put what they saw in place."""
    wanted = {name: PICTURES[name] for name in names or PICTURES}
    tests = dict.fromkeys(f"tests/browser/{picture.test}" for picture in wanted.values())
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", *tests], cwd=ROOT, check=False)  # noqa: S603
    if done.returncode:
        return done.returncode
    for name, picture in wanted.items():
        shutil.copyfile(SEEN / f"{picture.seen}.png", IMAGES / f"{name}.png")
        sys.stdout.write(f"docs/images/{name}.png\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
