"""Where a request comes from, behind proxies that the operator trusts and nobody else."""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

from index.readers import Network

UNKNOWN = "unknown"
_IPV6_CUSTOMER_BITS = 64


def address(request: Request, trusted_proxies: Iterable[Network]) -> str:
    """The rightmost address that no trusted proxy has; of IPv6 the network that one customer has.

    The leftmost address of X-Forwarded-For is whatever the client wrote (ATTACKS.md 34).
    """
    proxies = tuple(trusted_proxies)
    here = request.client.host if request.client else UNKNOWN
    hops = [*",".join(request.headers.getlist("x-forwarded-for")).split(","), here]
    for hop in reversed([hop.strip() for hop in hops if hop.strip()]):
        try:
            parsed = ip_address(hop)
        except ValueError:
            return hop[:64] if hop == here else UNKNOWN
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped  # How a socket for both versions spells IPv4.
        if not any(parsed in proxy for proxy in proxies):
            if isinstance(parsed, IPv6Address):
                return str(ip_network((parsed, _IPV6_CUSTOMER_BITS), strict=False))
            return str(parsed)
    return here
