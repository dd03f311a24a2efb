"""How asking works: a check is a small value; `run` asks them side by side and skips what depends on a failed one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from queue import Empty, SimpleQueue
from typing import Literal

from ..errors import AthenaDSError, DeniedBy, NotFoundError, ThrottledError
from ..policy import Grant, Policy
from .catalogue import CATALOGUE, Group

Status = Literal["passed", "failed", "warning", "skipped"]
_SIDE_BY_SIDE = 8
_UNTOLD = DeniedBy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found.

    Attributes:
        status: How it ended.
        evidence: What was asked and what came back; never a secret.
        remedy: What to do, imperative.
        missing: The grants whose absence it met.
        barred: What was denied and no grant of one's own mends: by a Deny statement, a boundary, an organization.
        cause: The failed check for which this one was not asked.
    """

    status: Status
    evidence: str
    remedy: str = ""
    missing: tuple[Grant, ...] = ()
    barred: tuple[Grant, ...] = ()
    cause: str = ""

    @property
    def denied(self) -> bool:
        """Whether it is a denial, of either kind."""
        return bool(self.missing or self.barred)


def passed(evidence: str) -> Finding:
    """The sentence is true."""
    return Finding(status="passed", evidence=evidence)


def warning(evidence: str, remedy: str) -> Finding:
    """Queries work, and something is to be looked at."""
    return Finding(status="warning", evidence=evidence, remedy=remedy)


def failed(evidence: str, remedy: str) -> Finding:
    """The sentence is not true."""
    return Finding(status="failed", evidence=evidence, remedy=remedy)


def skipped(evidence: str, remedy: str = "") -> Finding:
    """Nothing could be asked, or nothing had to be."""
    return Finding(status="skipped", evidence=evidence, remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A grant that was denied, and by which kind of policy."""

    grant: Grant
    by: DeniedBy = _UNTOLD


class DeniedError(Exception):
    """What AWS denied a check, and what AWS said; `told` where AWS itself named the action."""

    def __init__(self, denials: Sequence[Denial], said: str, *, told: bool = True) -> None:
        super().__init__(said)
        self.denials, self.said, self.told = tuple(denials), said, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing to be proven.

    Attributes:
        id: As in the catalogue; `source-list:bucket` for those asked of every bucket.
        ask: Asks, and says what it found; DeniedError and AthenaDSError become findings.
        requires: Ids that must not have failed or been skipped.
        spoilt_by: Ids that must not have found something broken; that they were denied or skipped is no obstacle.
        grants: The IAM actions it exercises, with their resources.
        required: Whether queries need it. A denial of one that isn't needed is `skipped`.
        about: What `{bucket}` in its sentence stands for.
    """

    id: str
    ask: Callable[[], Finding]
    requires: tuple[str, ...] = ()
    spoilt_by: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    required: bool = True
    about: str = ""

    @property
    def group(self) -> Group:
        """Its group."""
        return CATALOGUE[self.id.partition(":")[0]].group

    @property
    def sentence(self) -> str:
        """What is true when it passes."""
        return CATALOGUE[self.id.partition(":")[0]].sentence.format(bucket=self.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A check and what it found, after how many milliseconds; `wanted` where a query or the policy in use needs it."""

    check: Check
    finding: Finding
    elapsed_ms: int = 0
    wanted: bool = True


Watch = Callable[[tuple[Outcome, ...], int], None]
"""Told the outcomes so far, in the order they came, and how many checks are known to be left."""


class Run:
    """Checks asked side by side, until a deadline.

    Args:
        policy: The policy in use, where it is known: what it grants and AWS denies is a failure, not a wish.
        deadline: The moment (of `time.monotonic`) after which nothing is waited for.
        watch: Told about progress.
    """

    def __init__(self, *, policy: Policy | None, deadline: float, watch: Watch | None = None) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._policy, self._deadline, self._watch = policy, deadline, watch
        self._answers: SimpleQueue[Outcome] = SimpleQueue()

    def ask(self, checks: Sequence[Check]) -> None:
        """Ask these; their outcomes stand in `outcomes`, in the order given."""
        order = [check.id for check in checks]
        waiting = {check.id: check for check in checks}
        under_way: dict[str, tuple[Check, float]] = {}
        while waiting or under_way:
            self._begin(waiting, under_way)
            if not under_way:
                continue
            try:
                outcome = self._answers.get(timeout=max(0.0, self._deadline - time.monotonic()))
            except Empty:
                self._give_up([*(check for check, _ in under_way.values()), *waiting.values()])
                break
            # An answer to a check that was given up earlier is no longer wanted.
            if under_way.pop(outcome.check.id, None):
                self._note(outcome, left=len(waiting) + len(under_way))
        known = self.outcomes
        self.outcomes = {name: known[name] for name in dict.fromkeys([*known.keys() - set(order), *order])}

    def _begin(self, waiting: dict[str, Check], under_way: dict[str, tuple[Check, float]]) -> None:
        for name, check in list(waiting.items()):
            before = (*check.requires, *check.spoilt_by)
            if any(need in waiting or need in under_way for need in before):
                continue
            cause = self._cause(check)
            if cause is not None:
                del waiting[name]
                self._note(Outcome(check=check, finding=_after(cause, self.outcomes)), left=len(waiting))
            elif len(under_way) < _SIDE_BY_SIDE:
                del waiting[name]
                under_way[name] = (check, time.monotonic())
                threading.Thread(target=self._one, args=(check,), name=f"athena-ds-{name}", daemon=True).start()

    def _cause(self, check: Check) -> str | None:
        """The check for which this one need not be asked."""
        lacking = (need for need in check.requires if not self._holds(need))
        return next(chain(lacking, (need for need in check.spoilt_by if self._broken(need))), None)

    def _broken(self, name: str) -> bool:
        found = self.outcomes.get(name)
        return found is not None and found.finding.status == "failed" and not found.finding.denied

    def _holds(self, name: str) -> bool:
        found = self.outcomes.get(name)
        return found is not None and found.finding.status in ("passed", "warning")

    def _one(self, check: Check) -> None:
        began = time.monotonic()
        try:
            finding = check.ask()
        except DeniedError as denied:
            finding = self._denied(check, denied)
        except AthenaDSError as error:
            finding = failed(error.happened, error.remedy or _to_do(error))
        except Exception as error:
            finding = failed(f"{type(error).__name__}: {error}", "This is a defect of athena_ds: please report it.")
        self._answers.put(Outcome(check=check, finding=finding, elapsed_ms=round((time.monotonic() - began) * 1000)))

    def _denied(self, check: Check, denied: DeniedError) -> Finding:
        """A failure where queries or the policy in use need it; else something that would be nice to see."""
        missing = tuple(one.grant for one in denied.denials if one.by.grant_helps)
        barred = tuple(one for one in denied.denials if not one.by.grant_helps)
        remedy = " ".join([*_granted(missing, check), *dict.fromkeys(one.by.remedy(str(one.grant)) for one in barred)])
        if not check.required and not self._meant([one.grant for one in denied.denials]):
            said = f"{check.grants[0].action if check.grants else 'This'} is not allowed, and no query needs it."
            return skipped(said, f"To have this looked at: {remedy[0].lower()}{remedy[1:]}")
        return Finding(
            status="failed",
            evidence=denied.said,
            remedy=remedy,
            missing=missing,
            barred=tuple(one.grant for one in barred),
        )

    def _meant(self, grants: Sequence[Grant]) -> bool:
        return self._policy is not None and any(self._policy.allows(grant) for grant in grants)

    def _note(self, outcome: Outcome, *, left: int) -> None:
        check = outcome.check
        self.outcomes[check.id] = replace(outcome, wanted=check.required or self._meant(check.grants))
        if self._watch:
            self._watch(tuple(self.outcomes.values()), left)

    def _give_up(self, checks: Sequence[Check]) -> None:
        for check in checks:
            finding = failed("There was no answer in time.", "Try again, or give it more time: preflight(timeout=...).")
            self._note(Outcome(check=check, finding=finding), left=0)


def _after(cause: str, outcomes: dict[str, Outcome]) -> Finding:
    """One cause, one failure: what hangs from it is skipped and names it."""
    found = outcomes.get(cause)
    root = found
    while root is not None and root.finding.status == "skipped":
        upper = next((need for need in root.check.requires if need in outcomes and _bad(outcomes[need])), None)
        if upper is None:
            break
        root = outcomes[upper]
    name = root.check.id if root is not None else cause
    status = root.finding.status if root is not None else "skipped"
    said = f"Not asked, because '{name}' {'failed' if status == 'failed' else 'was skipped'}."
    return Finding(status="skipped", evidence=said, cause=name)


def _bad(outcome: Outcome) -> bool:
    return outcome.finding.status in ("failed", "skipped")


def _to_do(error: AthenaDSError) -> str:
    match error:
        case ThrottledError():
            return "Wait a minute and ask again: the rate is shared by all of the account in this region."
        case NotFoundError():
            return "Check the name and the region."
        case _:
            return "Try again; if it stays, this is for AWS support."


def _granted(missing: Sequence[Grant], check: Check) -> list[str]:
    """The sentence that asks for what is missing; none where nothing is."""
    if not missing:
        return []
    # Glue names the first of what it wants (the catalog), and would name the next one only after that is granted.
    glue = {grant.action for grant in missing if grant.action.startswith("glue:")}
    names = _listed(dict.fromkeys([*missing, *(grant for grant in check.grants if grant.action in glue)]))
    also = ", in IAM and in the key's own policy" if any(grant.action.startswith("kms:") for grant in missing) else ""
    return [f"Grant {names}{also}."]


def _listed(grants: Iterable[Grant]) -> str:
    """Each action once, with its resources."""
    resources: dict[str, list[str]] = {}
    for grant in grants:
        resources.setdefault(grant.action, []).append(grant.resource)
    return "; ".join(f"{action} on {', '.join(named)}" for action, named in resources.items())
