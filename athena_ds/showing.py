"""How a data source shows itself in a notebook: a small table, without a secret and without asking AWS."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .config import DataSourceConfig
from .credentials import AccessKey, AssumeRole, Credentials, InstanceProfile, Profile

_STYLE = (
    "<style>.athena-ds-card th,.athena-ds-card td{text-align:left!important;overflow-wrap:anywhere}"
    ".athena-ds-card caption{text-align:left;font-weight:600;padding:4px 0}</style>"
)


def card(config: DataSourceConfig, credentials: Credentials) -> str:
    """The connection fields as HTML: who asks (the key id masked), where, what, and where results go."""
    rows = [
        ("Signs in with", signs_in_with(credentials)),
        ("AWS Region", config.region),
        ("Database", f"{config.data_catalog}.{config.database}"),
        ("Query results", config.output_location),
        ("Workgroup", config.workgroup),
        *((("Endpoint", "embedded or private"),) if config.endpoint_url else ()),
    ]
    return _STYLE + _table(f"Athena data source {config.database}", rows)


def signs_in_with(credentials: Credentials) -> str:
    """The credentials in words."""
    match credentials:
        case AccessKey():
            return f"AWS Access Key {credentials.masked_id}"
        case InstanceProfile():
            return "AWS Instance Role"
        case Profile():
            return f"profile {credentials.name}"
        case AssumeRole():
            return f"role {credentials.role_arn}, assumed with {signs_in_with(credentials.source)}"


def _table(caption: str, rows: Sequence[tuple[str, str]]) -> str:
    lines = (f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f'<table class="athena-ds-card"><caption>{escape(caption)}</caption><tbody>{"".join(lines)}</tbody></table>'
