"""Which IP addresses the door may lead to: only those of the public Internet."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Our own table instead of `ipaddress.is_private` and friends: their answers changed between
# patch releases of Python. Source: the IANA IPv4 and IPv6 special-purpose address registries.
_IPV4 = [
    (ip_network(network), reason)
    for network, reason in [
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a provider's internal address"),
        ("127.0.0.0/8", "this machine's own address"),
        ("168.63.129.16/32", "a cloud provider's internal address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a reserved address"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a reserved address"),
        ("198.51.100.0/24", "a reserved address"),
        ("203.0.113.0/24", "a reserved address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    ]
]
_IPV6 = [
    (ip_network(network), reason)
    for network, reason in [
        ("::/128", "an unspecified address"),
        ("::1/128", "this machine's own address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "a reserved address"),
        ("3fff::/20", "a reserved address"),
    ]
]
_GLOBAL_IPV6 = ip_network("2000::/3")
_MAPPED = ip_network("::ffff:0:0/96")
_NAT64 = ip_network("64:ff9b::/96")
_6TO4 = ip_network("2002::/16")


def forbidden(address: str) -> str | None:
    """Say why an IP address is not on the public Internet, or None when it is.

    address: an IPv4 or IPv6 literal in its ordinary spelling, without brackets.
    Returns a noun phrase such as "a private address". An IPv6 address that carries an IPv4
    address (mapped, NAT64, 6to4) is judged by the address inside.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an address"
    return _forbidden_ipv4(ip) if isinstance(ip, IPv4Address) else _forbidden_ipv6(ip)


def _forbidden_ipv4(ip: IPv4Address) -> str | None:
    return next((reason for network, reason in _IPV4 if ip in network), None)


def _forbidden_ipv6(ip: IPv6Address) -> str | None:
    if ip.scope_id:
        return "a link-local address"
    inside = _carried_ipv4(ip)
    if inside is not None:
        return _forbidden_ipv4(inside)
    for network, reason in _IPV6:
        if ip in network:
            return reason
    return None if ip in _GLOBAL_IPV6 else "a reserved address"


def _carried_ipv4(ip: IPv6Address) -> IPv4Address | None:
    if ip in _MAPPED or ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    if ip in _6TO4:
        return IPv4Address(int(ip) >> 80 & 0xFFFF_FFFF)
    return None
