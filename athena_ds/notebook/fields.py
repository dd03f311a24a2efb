"""The document's connection fields as form fields: its labels and order, its help in our words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..connection.credentials import AuthenticationMethod
from ..connection.partitions import regions
from . import blocks
from .card import Block
from .draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """How a connection field is shown."""

    name: str
    label: str
    help: str = ""
    kind: str = "text"
    required: bool = True
    placeholder: str = ""


METHOD = Field(
    name="method", label="Authentication Method", kind="select", help="How this data source signs in to AWS."
)
ACCESS_KEY_ID = Field(
    name="access_key_id",
    label="AWS Access Key Id",
    help="AKIA and 16 characters; a temporary one begins with ASIA and comes with a session token.",
)
SECRET_ACCESS_KEY = Field(
    name="secret_access_key",
    label="AWS Secret Access Key",
    kind="secret",
    help="Goes to this kernel once; it is not saved in the notebook.",
)
SESSION_TOKEN = Field(
    name="session_token",
    label="AWS Session Token",
    kind="secret",
    help="Issued together with a temporary (ASIA) key.",
)
REGION = Field(
    name="region",
    label="AWS Region",
    help="Where the Athena database and the buckets are.",
    placeholder="for example eu-west-1",
)
DATABASE = Field(
    name="database", label="Database", help="The Athena database to query.", placeholder="for example sales"
)
RESULTS_BUCKET = Field(
    name="results_bucket",
    label="Query Results Bucket",
    help="The S3 bucket that takes query results. It must exist; it is named in every query.",
    placeholder="for example acme-athena-results",
)
RESULTS_PATH = Field(
    name="results_path",
    label="Query Results Directory Path",
    help="The path in that bucket; it appears with the first result.",
    placeholder="for example analysts/jane",
)
SECRETS = frozenset({SECRET_ACCESS_KEY.name, SESSION_TOKEN.name})


def sign_in_fields(draft: Draft) -> list[Field]:
    """Who signs in: the method where there is a choice, the key fields under the key method only."""
    shown = [METHOD] if len(draft.gate.methods()) > 1 else []
    if draft.method is AuthenticationMethod.ACCESS_KEY:
        shown += [ACCESS_KEY_ID, SECRET_ACCESS_KEY]
        if draft.text(ACCESS_KEY_ID.name).strip().startswith("ASIA"):
            shown.append(SESSION_TOKEN)
    return [*shown, REGION]


def drawn(field: Field, draft: Draft, *, options: Sequence[Any] | None = None) -> Block:
    """The block of a field with its present value; of a secret only whether the kernel holds it."""
    more: dict[str, Any] = {"required": field.required, "placeholder": field.placeholder}
    if field.kind == "secret":
        more["is_set"] = field.name in draft.secrets
    else:
        more |= {"value": draft.text(field.name), "options": list(options or _known_options(field, draft))}
    if field is METHOD:
        more["value"] = draft.method.value
    return blocks.field(field.name, field.label, kind=field.kind, help_text=field.help, **more)


def _known_options(field: Field, draft: Draft) -> Sequence[Any]:
    """What can be chosen without asking AWS."""
    if field is METHOD:
        return [method.value for method in draft.gate.methods()]
    if field is REGION:
        return [{"value": name, "label": place} for name, place in regions()]
    return ()
