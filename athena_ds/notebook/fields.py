"""The document's connection fields as form fields: its labels and order, its help in our words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from athena_ds.credentials import AuthenticationMethod, SecretStr
from athena_ds.notebook import blocks
from athena_ds.notebook.card import Block


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
    placeholder="eu-west-1",
)
DATABASE = Field(name="database", label="Database", help="The Athena database to query.", placeholder="sales")
RESULTS_BUCKET = Field(
    name="results_bucket",
    label="Query Results Bucket",
    help="The S3 bucket that takes query results. It must exist; it is named in every query.",
    placeholder="acme-athena-results",
)
RESULTS_PATH = Field(
    name="results_path",
    label="Query Results Directory Path",
    help="The path in that bucket; it appears with the first result.",
    required=False,
    placeholder="analysts/jane",
)
SECRETS = frozenset({SECRET_ACCESS_KEY.name, SESSION_TOKEN.name})


def sign_in_fields(method: AuthenticationMethod, offered: Sequence[AuthenticationMethod], key_id: str) -> list[Field]:
    """Who signs in: the method where there is a choice, the key fields under the key method only."""
    shown = [METHOD] if len(offered) > 1 else []
    if method is AuthenticationMethod.ACCESS_KEY:
        shown += [ACCESS_KEY_ID, SECRET_ACCESS_KEY]
        if key_id.strip().startswith("ASIA"):
            shown.append(SESSION_TOKEN)
    return [*shown, REGION]


def drawn(
    field: Field, values: Mapping[str, Any], *, secrets: Mapping[str, SecretStr], options: Sequence[Any] = ()
) -> Block:
    """The block of a field with its present value; of a secret only whether the kernel holds it."""
    more: dict[str, Any] = {"required": field.required, "placeholder": field.placeholder}
    if field.kind == "secret":
        more["is_set"] = field.name in secrets
    else:
        more["value"] = values.get(field.name, "")
        more["options"] = list(options)
    return blocks.field(field.name, field.label, kind=field.kind, help_text=field.help, **more)
