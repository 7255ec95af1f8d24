"""Host names and origins, as far as settings need to know them."""

import ipaddress

from pydantic import HttpUrl


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is reachable from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_authorities(host: str, port: int) -> frozenset[str]:
    """Return what callers of a hub at this address write into their ``Host`` header."""
    named = f"[{host}]" if ":" in host else host.lower()
    names = {named, "localhost"} if is_loopback(host) else {named}
    return frozenset(f"{name}:{port}" for name in names)


def is_one_service(one: HttpUrl, other: HttpUrl) -> bool:
    """Tell whether two addresses have the same origin; every name of this machine is the same host."""
    origins = [
        (url.scheme, "" if is_loopback((url.host or "").strip("[]")) else url.host, url.port)
        for url in (one, other)
    ]
    return origins[0] == origins[1]
