"""uuid(), IP addresses in networks."""

from __future__ import annotations

import ipaddress

from athena_ds.local.engine.duckdb.functions.cast_text import parse_address
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel, template

template("uuid", sql="CAST(gen_random_uuid() AS VARCHAR)")


def _prefix(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise broken(f'For input string: "{text}"') from None


@kernel("contains", "varchar, ipaddress")
def contains(network: str, address: str) -> bool:
    """Whether a network in CIDR notation, host bits all zero, holds an address."""
    start, slash, bits = network.partition("/")
    if not slash:
        raise invalid("Invalid CIDR")
    base = parse_address(start)
    if base is None:
        raise invalid("Invalid network IP address")
    if (length := _prefix(bits)) < 0:
        raise invalid("Invalid prefix length")
    mapped = base.ipv4_mapped if isinstance(base, ipaddress.IPv6Address) else None
    if mapped is not None:
        base, length = mapped, length - 96
    if not 0 < length <= base.max_prefixlen or int(base) & ((1 << (base.max_prefixlen - length)) - 1):
        raise invalid("Invalid CIDR")
    return ipaddress.ip_address(address) in ipaddress.ip_network((base, length))
