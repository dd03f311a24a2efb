"""How a data source shows itself in a notebook: a small table, without a secret and without asking AWS."""

from __future__ import annotations

from .. import markup
from .config import DataSourceConfig
from .credentials import AccessKey, AssumeRole, Credentials, InstanceProfile, Profile


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
    cells = [(markup.text(name), markup.text(value)) for name, value in rows]
    return markup.page(markup.table(f"Athena data source {config.database}", rows=cells))


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
