"""What the built package tells of itself: the README as a page of its own, where no link leads into a checkout."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"!\[(?P<shows>[^\]]*)\]\((?!\w+:)[^)]+\)")
_LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]+)\]\((?!\w+:)(?P<file>[^)#]+)[^)]*\)")


def standing_alone(page: str) -> str:
    """A page of Markdown whose links to files are their names, and whose pictures are what they show in words."""
    return _LINK.sub(r"\g<words> (`\g<file>`)", _PICTURE.sub(r"*\g<shows>*", page))


class Readme(MetadataHookInterface):
    """The long description, from README.md."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add it."""
        page = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": standing_alone(page)}
