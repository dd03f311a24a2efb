"""Who AWS says the caller is."""

from __future__ import annotations

from dataclasses import dataclass

from . import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The answer to GetCallerIdentity, which needs no permission.

    Attributes:
        account: Twelve digits.
        arn: The user, or the role's session.
        user_id: AWS's own id of it.
    """

    account: str
    arn: str
    user_id: str

    @property
    def partition(self) -> str:
        """As in `aws` or `aws-cn`."""
        return self.arn.split(":")[1]

    @classmethod
    def ask(cls, door: Door) -> Identity:
        """Ask AWS."""
        answer = door.call("sts:GetCallerIdentity")
        return cls(account=str(answer["Account"]), arn=str(answer["Arn"]), user_id=str(answer["UserId"]))
