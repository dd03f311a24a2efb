"""What a step of the wizard is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..card import Block, Event
from ..draft import Draft

Redraw = Callable[[], None]


class Step:
    """One step: what it shows, what must hold to leave it, and what its own buttons do.

    Args:
        draft: What is known so far; a step adds to it.
        redraw: Shows the step again while it works.
    """

    name = ""
    forward = "Continue"
    working = "Working …"

    def __init__(self, draft: Draft, redraw: Redraw) -> None:
        self.draft = draft
        self.redraw = redraw

    def enter(self) -> None:
        """Work to do when the step is reached; it runs while the card is busy."""

    def blocks(self) -> list[Block]:
        """What the step shows between the stepper and the buttons."""
        raise NotImplementedError

    def leave(self) -> Mapping[str, str]:
        """Do the step's work. Returns what is wrong, by field (`""` for the step as a whole); nothing lets go on."""
        return {}

    def heard(self, event: Event) -> None:
        """A button or a change of the step's own."""

    @property
    def ready(self) -> bool:
        """Whether going on may be tried now."""
        return True

    @property
    def done(self) -> bool:
        """Whether going on is what to do now; else the step has a main button of its own."""
        return True

    @property
    def beside(self) -> Sequence[Block]:
        """The step's own buttons at the foot."""
        return ()

    @property
    def note(self) -> str:
        """A sentence beside the buttons."""
        return ""
