"""Which Trino, and how it reaches this endpoint: `trino=http://host:port[/catalog]?endpoint=...&user=...&timeout=...`."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

PREFIX = "trino="
USER, TIMEOUT = "athena_ds", 60.0
_OPTIONS = frozenset({"endpoint", "user", "timeout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A Trino's address and what is agreed with it.

    `catalog` names one the Trino has already (its file is the user's); without it the endpoint makes its own, which
    needs `catalog.management=dynamic`. `endpoint` is this endpoint's address as the Trino sees it.
    """

    scheme: str
    host: str
    port: int
    catalog: str | None = None
    endpoint: str | None = None
    user: str = USER
    timeout: float = TIMEOUT
    """Seconds without any answer after which the Trino counts as away; a query may take as long as it likes."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @classmethod
    def parse(cls, engine: str) -> Address:
        """Raises ValueError for anything but an engine of this kind."""
        url = urlsplit(engine.removeprefix(PREFIX))
        options = dict(parse_qsl(url.query, keep_blank_values=True))
        wrong = sorted(options.keys() - _OPTIONS)
        if not engine.startswith(PREFIX) or url.scheme not in ("http", "https") or not url.hostname or wrong:
            about = f"; unknown: {', '.join(wrong)}" if wrong else ""
            raise ValueError(f"not a Trino: {engine!r}; write trino=http://host:port{about}")
        if url.username or url.password:
            raise ValueError("a Trino with a password is not supported; write trino=http://host:port")
        port = url.port or (443 if url.scheme == "https" else 8080)
        catalog = url.path.strip("/") or None
        return cls(
            scheme=url.scheme,
            host=url.hostname,
            port=port,
            catalog=catalog,
            endpoint=options.get("endpoint"),
            user=options.get("user", USER),
            timeout=float(options.get("timeout", TIMEOUT)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How the Trino comes in: the endpoint's address and a key of its own, which may read and write everything here."""

    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    catalog: str
    """What this endpoint's catalog is called there."""
