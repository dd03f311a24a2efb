"""What `scripts/audit` runs: pip-audit, and a judgement of its answer that takes no silence for an all-clear.

pip-audit ends well when its database knows not one package, as behind a mirror that has files and no advisories.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

_UNAVAILABLE = 69
_SERVICES = ("pypi", "osv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a database said.

    Attributes:
        known: How many versions it knows.
        unknown: Names that it does not know.
        weaknesses: One line each.
    """

    known: int = 0
    unknown: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = field(default=())


def read(text: str) -> Answer:
    """pip-audit's JSON; an answer that knows nothing where it is none."""
    try:
        said: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, TypeError, LookupError):
        return Answer()
    looked_up = [each for each in said if "vulns" in each]
    found = [
        f"{each['name']} {each['version']}: {one['id']} ({', '.join(one.get('aliases', ())) or 'no other name'}), "
        f"mended in {', '.join(one.get('fix_versions', ())) or 'no version yet'}"
        for each in looked_up
        for one in each["vulns"]
    ]
    unknown = tuple(each["name"] for each in said if "vulns" not in each)
    return Answer(known=len(looked_up), unknown=unknown, weaknesses=tuple(found))


def verdict(answers: dict[str, Answer]) -> tuple[int, str]:
    """The exit code and what to print: of the first database that knows anything."""
    for service, answer in answers.items():
        if not answer.known:
            continue
        lines = [f"Asked {service} about {answer.known} versions; weaknesses known: {len(answer.weaknesses)}."]
        lines += [f"  {each}" for each in answer.weaknesses]
        if answer.unknown:
            lines.append(f"Not known there, so not looked up: {', '.join(answer.unknown)}.")
        return (1 if answer.weaknesses else 0), "\n".join(lines)
    asked = " and ".join(answers)
    said = (
        f"Nothing was looked up: no database of weaknesses ({asked}) could be reached from here, or it knew no package."
    )
    return _UNAVAILABLE, said


def main(pip_audit: str, file: str) -> int:
    """Ask one database after another until one knows something."""
    answers: dict[str, Answer] = {}
    for service in _SERVICES:
        command = [
            pip_audit,
            "-r",
            file,
            "--no-deps",
            "--disable-pip",
            "-s",
            service,
            "-f",
            "json",
            "--progress-spinner=off",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)  # noqa: S603
            answers[service] = read(done.stdout)
        except subprocess.TimeoutExpired:
            answers[service] = Answer()
        if answers[service].known:
            break
    code, said = verdict(answers)
    sys.stdout.write(f"{said}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
