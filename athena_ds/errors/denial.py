"""Which policy said no, as AWS tells it, and who can mend that: a grant helps against some denials only.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_KIND = (
    "(?P<kind>(?:identity-based|resource-based|session|service control|resource control|VPC endpoint) policy"
    "|permissions boundary)"
)
_EXPLICIT: Final = re.compile(rf"explicit deny(?: in an? {_KIND}(?:: (?P<policy>arn:\S*[^\s.,;]))?)?")
_IMPLICIT: Final = re.compile(rf"because no {_KIND} allows")

_WHO: Final[Mapping[str, tuple[str, str]]] = {
    "": ("a policy that AWS does not name", "whoever wrote it"),
    "identity-based policy": ("a policy of this user or role, or of a group it is in", "whoever administers IAM"),
    "permissions boundary": ("the permissions boundary of this user or role", "whoever administers IAM"),
    "session policy": ("the session policy that came with the temporary credentials", "whoever gives these out"),
    "service control policy": ("a service control policy", "whoever administers the organization"),
    "resource control policy": ("a resource control policy", "whoever administers the organization"),
    "VPC endpoint policy": ("the policy of the VPC endpoint", "whoever administers the network"),
    "resource-based policy": ("the resource's own policy", "its owner"),
}
_RESOURCES: Final[Mapping[str, tuple[str, str]]] = {
    "s3": ("the bucket's policy", "the bucket's owner"),
    "kms": ("the key's policy", "whoever administers the key"),
    "glue": ("the Data Catalog's resource policy", "whoever administers the catalog"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniedBy:
    """The kind of policy that denied a call.

    Attributes:
        kind: In AWS's words, as `service control policy`; empty where AWS did not say.
        explicit: Whether a Deny statement did it, which no grant helps against.
        policy: The ARN of the policy; empty where AWS did not say.
    """

    kind: str = ""
    explicit: bool = False
    policy: str = ""

    @classmethod
    def told(cls, message: str) -> DeniedBy:
        """From the message of a denial."""
        explicit = _EXPLICIT.search(message)
        if explicit:
            return cls(kind=explicit["kind"] or "", explicit=True, policy=explicit["policy"] or "")
        implicit = _IMPLICIT.search(message)
        return cls(kind=implicit["kind"] if implicit else "")

    @property
    def grant_helps(self) -> bool:
        """Whether a statement in a policy of one's own mends it."""
        return not self.explicit and self.kind in ("", "identity-based policy")

    def remedy(self, wanted: str) -> str:
        """What to do, by whom, for `s3:GetObject on arn:...`."""
        named = _RESOURCES.get(wanted.partition(":")[0]) if self.kind == "resource-based policy" else None
        where, who = named or _WHO[self.kind]
        where += f" ({self.policy})" if self.policy else ""
        if self.explicit:
            return f"Have {who} lift the explicit deny of {wanted}: it stands in {where}; no grant helps against it."
        if self.grant_helps:
            return f"Grant {wanted}."
        return f"Have {who} allow {wanted} in {where}; a grant of your own does not help."
