"""Who asks AWS: the kinds of credentials, and what each means. Secrets are masked wherever they show."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, Self, SupportsIndex

from ..errors import ConfigError, Problem

_MASK = "********"


class SecretStr:
    """A text that shows itself as stars: in repr, str, format, logs, tracebacks. `reveal()` gives the text.

    It is not pickled and has no hash; a copy is the same object.
    """

    __slots__ = ("_reveal",)

    def __init__(self, text: str | SecretStr) -> None:
        kept = text.reveal() if isinstance(text, SecretStr) else text
        # A closure, not an attribute: vars(), dir() and object inspectors find nothing to print.
        object.__setattr__(self, "_reveal", lambda: kept)

    def reveal(self) -> str:
        """The text itself; keep it out of variables and messages."""
        text: str = self._reveal()  # type: ignore[attr-defined]
        return text

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("A SecretStr does not change.")

    def __repr__(self) -> str:
        return f"SecretStr('{_MASK}')"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return format(_MASK, spec)

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretStr):
            return NotImplemented
        return hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("A secret is not pickled: make the credentials again where they are needed.")


class AuthenticationMethod(StrEnum):
    """The document's two methods, in its words and order."""

    ACCESS_KEY = "AWS Access Key"
    INSTANCE_ROLE = "AWS Instance Role"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """An access key id with its secret, and the session token when the key is temporary (ASIA...).

    Args:
        access_key_id: AKIA (long-term) or ASIA (temporary) and 16 more characters.
        secret_access_key: The secret that belongs to it, 40 characters.
        session_token: Needed with an ASIA key, meaningless without.
    """

    access_key_id: str
    secret_access_key: SecretStr
    session_token: SecretStr | None = None

    def __post_init__(self) -> None:
        # First of all, so that nothing that fails afterwards can show a secret.
        object.__setattr__(self, "secret_access_key", SecretStr(_pasted(self.secret_access_key)))
        token = SecretStr(_pasted(self.session_token or ""))
        object.__setattr__(self, "session_token", token or None)
        # A SecretStr is taken as well: what is pasted into the id field may be the secret.
        object.__setattr__(self, "access_key_id", _pasted(self.access_key_id))
        problems = _access_key_problems(self)
        if problems:
            object.__setattr__(self, "access_key_id", _MASK)
            raise ConfigError(problems) from None

    @property
    def masked_id(self) -> str:
        """The access key id with its middle starred, for messages."""
        return f"{self.access_key_id[:4]}…{self.access_key_id[-4:]}"

    @property
    def notices(self) -> tuple[str, ...]:
        """What looks unusual and may still be right."""
        said = []
        if not _USUAL_ID.fullmatch(self.access_key_id):
            said.append("access_key_id does not look like AKIA or ASIA and 16 characters, as AWS's are.")
        if not _USUAL_SECRET.fullmatch(self.secret_access_key.reveal()):
            said.append("secret_access_key does not look like the 40 characters that AWS's secrets have.")
        return tuple(said)

    def __repr__(self) -> str:
        token = ", session_token=SecretStr('********')" if self.session_token else ""
        return f"AccessKey(access_key_id='{self.masked_id}', secret_access_key=SecretStr('{_MASK}'){token})"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceProfile:
    """The role attached to the EC2 instance this runs on, through IMDSv2 only; keys in the environment are ignored.

    Args:
        endpoint: The metadata service; the instance's own when None.
    """

    endpoint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile of the shared AWS files: keys, SSO, a process, or a role it names.

    Args:
        name: As in `~/.aws/config`.
    """

    name: str

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ConfigError([Problem(field="profile", wrong="is empty", example="analytics")])


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeRole:
    """A role taken on with other credentials, renewed before it expires.

    Args:
        role_arn: The role.
        source: The credentials that may assume it.
        session_name: Shown in CloudTrail.
        external_id: When the role's trust policy asks for one.
        duration_seconds: How long one assumption lasts, 900 to 43,200.
    """

    role_arn: str
    source: AccessKey | InstanceProfile | Profile
    session_name: str = "athena-ds"
    external_id: str | None = None
    duration_seconds: int = 3600

    def __post_init__(self) -> None:
        problems = _assume_role_problems(self)
        if problems:
            raise ConfigError(problems)


Credentials = AccessKey | InstanceProfile | Profile | AssumeRole

# IAM's API model takes [\w]{16,128}; ids made so far are 20 upper-case letters and digits.
_POSSIBLE_ID = re.compile(r"[A-Z0-9]{16,128}")
_USUAL_ID = re.compile(r"A[KS]IA[A-Z0-9]{16}")
_USUAL_SECRET = re.compile(r"[A-Za-z0-9/+=]{40}")
# IAM's identifiers page: AIDA a user, AROA a role, AGPA a group, AIPA an instance profile, ANPA a policy.
_OTHER_IDS = {"AIDA": "a user", "AROA": "a role", "AGPA": "a group", "AIPA": "an instance profile", "ANPA": "a policy"}
_ROLE_ARN = re.compile(r"arn:aws[a-z\-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}")
_EXAMPLE_ID = "AKIA and 16 more letters and digits"


def _pasted(text: str | SecretStr | None) -> str:
    """What was entered without blanks around it; what is no text (an unset variable's None) counts as empty."""
    entered: object = text.reveal() if isinstance(text, SecretStr) else text
    return entered.strip() if isinstance(entered, str) else ""


def _access_key_problems(key: AccessKey) -> list[Problem]:
    wrong_id, wrong_secret = _id_wrong(key.access_key_id), _secret_wrong(key.secret_access_key)
    problems = []
    if wrong_id:
        problems.append(Problem(field="access_key_id", wrong=wrong_id, example=_EXAMPLE_ID))
    if wrong_secret:
        example = "the 40 characters shown once when the key was made"
        problems.append(Problem(field="secret_access_key", wrong=wrong_secret, example=example))
    if key.access_key_id.startswith("ASIA") and not key.session_token:
        wrong = "is missing: a key that begins with ASIA is temporary and comes with a token"
        problems.append(Problem(field="session_token", wrong=wrong, example="aws_session_token of the same answer"))
    return problems


def _id_wrong(text: str) -> str:
    """Never says the value: what was pasted here may be a secret."""
    if not text:
        return "is empty, while the key pair needs both its parts"
    if text[:4] in _OTHER_IDS and _POSSIBLE_ID.fullmatch(text):
        return f"is the id of {_OTHER_IDS[text[:4]]}, not of an access key"
    if _USUAL_SECRET.fullmatch(text) and not _POSSIBLE_ID.fullmatch(text):
        return "holds what looks like a secret access key; it is not shown here, enter the id instead"
    if not _POSSIBLE_ID.fullmatch(text):
        return f"has {len(text)} characters that are not all upper-case letters and digits, 16 to 128 of them"
    return ""


def _secret_wrong(secret: SecretStr) -> str:
    if not secret:
        return "is empty, while the key pair needs both its parts"
    if _USUAL_ID.fullmatch(secret.reveal()):
        return "holds an access key id, not the secret"
    if any(letter.isspace() or not letter.isprintable() for letter in secret.reveal()):
        return "has blanks or control characters inside"
    return ""


def _assume_role_problems(role: AssumeRole) -> list[Problem]:
    problems = []
    if not isinstance(role.source, AccessKey | InstanceProfile | Profile):
        wrong = f"is of type {type(role.source).__name__}, not credentials that may assume the role"
        problems.append(Problem(field="source", wrong=wrong, example='Profile(name="analytics")'))
    if not _ROLE_ARN.fullmatch(role.role_arn):
        example = "arn:aws:iam::123456789012:role/analyst"
        problems.append(Problem(field="role_arn", wrong="is not the ARN of a role", example=example))
    if not _SESSION_NAME.fullmatch(role.session_name):
        wrong = "is not 2 to 64 letters, digits or _+=,.@-"
        problems.append(Problem(field="session_name", wrong=wrong, example="jane"))
    if not 900 <= role.duration_seconds <= 43_200:
        problems.append(Problem(field="duration_seconds", wrong="is not between 900 and 43200", example="3600"))
    return problems
