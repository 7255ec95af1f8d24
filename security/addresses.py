"""Who is at the other end of a connection, behind proxies that we know."""

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache

from security.asgi import Scope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN = "unknown"
# What one customer of a provider is given: an address of it would be too easy to change.
_ONE_CUSTOMER = 64


class Proxies:
    """The proxies whose word on ``X-Forwarded-For`` counts; of anybody else it is not read."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks: Sequence[Network] = [ipaddress.ip_network(text, strict=False) for text in networks]

    def client(self, scope: Scope) -> str:
        """Return the address of the one who asks, written one way; ``unknown`` if there is none.

        The header is read from the right, where the nearest proxy wrote, up to the first address that is no
        proxy of ours, because what stands left of that is only said.
        """
        peer = scope.get("client")
        if not self._networks:
            return written(peer[0]) if peer else UNKNOWN
        address = parsed(peer[0]) if peer else None
        if address is None:
            return UNKNOWN
        for said in reversed(_forwarded_for(scope)):
            if not self._trusts(address):
                break
            further = parsed(said)
            if further is None:
                break
            address = further
        return str(address)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


@lru_cache(maxsize=4096)
def parsed(text: str) -> Address | None:
    """Return the address in a text; an IPv4 address that is written as IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or ipaddress.IPv6Address(int(address))
    return address


@lru_cache(maxsize=4096)
def written(text: str) -> str:
    """Return the address in a text, written one way; ``unknown`` if there is none."""
    return str(parsed(text) or UNKNOWN)


@lru_cache(maxsize=4096)
def allowance_key(address: str) -> str:
    """Return what shares one allowance: the address, or the /64 network of an IPv6 address."""
    known = parsed(address)
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(known), _ONE_CUSTOMER), strict=False))
    return str(known or UNKNOWN)


def _forwarded_for(scope: Scope) -> list[str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [part for line in lines for part in line.split(",")]
