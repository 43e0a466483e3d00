"""Which IP addresses the door may lead to."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.addresses import forbidden

FORBIDDEN = [
    ("0.0.0.0", "unspecified"),
    ("0.1.2.3", "unspecified"),
    ("10.0.0.0", "private"),
    ("10.255.255.255", "private"),
    ("100.64.0.0", "internal"),
    ("100.100.100.200", "internal"),
    ("100.127.255.255", "internal"),
    ("127.0.0.1", "this machine"),
    ("127.255.255.254", "this machine"),
    ("168.63.129.16", "cloud"),
    ("169.254.0.1", "link-local"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.0", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.192", "reserved"),
    ("192.0.2.1", "reserved"),
    ("192.88.99.1", "reserved"),
    ("192.168.0.1", "private"),
    ("192.168.255.255", "private"),
    ("198.18.0.1", "reserved"),
    ("198.19.255.255", "reserved"),
    ("198.51.100.7", "reserved"),
    ("203.0.113.7", "reserved"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("::", "unspecified"),
    ("::1", "this machine"),
    ("::7f00:1", "reserved"),
    ("::ffff:127.0.0.1", "this machine"),
    ("::ffff:10.0.0.5", "private"),
    ("::ffff:a9fe:a9fe", "link-local"),
    ("::ffff:0:127.0.0.1", "reserved"),
    ("64:ff9b::10.0.0.5", "private"),
    ("64:ff9b::169.254.169.254", "link-local"),
    ("64:ff9b:1::1", "reserved"),
    ("100::1", "reserved"),
    ("2001::1", "reserved"),
    ("2001:2::1", "reserved"),
    ("2001:10::1", "reserved"),
    ("2001:20::1", "reserved"),
    ("2001:db8::1", "reserved"),
    ("2002:7f00:1::", "this machine"),
    ("2002:a00:5::1", "private"),
    ("2002:c0a8:101::1", "private"),
    ("3fff::1", "reserved"),
    ("5f00::1", "reserved"),
    ("4000::1", "reserved"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),
    ("fdff:ffff::1", "private"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("2a00:1450::1%eth0", "link-local"),
    ("febf::1", "link-local"),
    ("fec0::1", "private"),
    ("ff02::1", "multicast"),
    ("ff0e::1", "multicast"),
    ("", "not an address"),
    ("localhost", "not an address"),
    ("127.1", "not an address"),
    ("2130706433", "not an address"),
    ("0x7f.0.0.1", "not an address"),
    ("0177.0.0.1", "not an address"),
    ("127.0.0.1 ", "not an address"),
    ("[::1]", "not an address"),
    ("1.2.3.4/32", "not an address"),
]

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]


@pytest.mark.parametrize(("address", "reason"), FORBIDDEN)
def test_an_address_that_is_not_public_is_forbidden_with_its_reason(
    address: str, reason: str
) -> None:
    assert reason in (forbidden(address) or "")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_free(address: str) -> None:
    assert forbidden(address) is None


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_ipv4_address_is_free_that_python_does_not_call_global(ip: IPv4Address) -> None:
    assert ip.is_global or forbidden(str(ip))


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_no_ipv6_address_is_free_that_python_does_not_call_global(ip: IPv6Address) -> None:
    carries_ipv4 = ip.ipv4_mapped or ip.sixtofour
    assert carries_ipv4 or ip.is_global or forbidden(str(ip))


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**80 - 1))
def test_an_ipv6_address_is_judged_by_the_ipv4_address_inside(ipv4: int, rest: int) -> None:
    expected = forbidden(str(IPv4Address(ipv4)))
    for carrier in (
        0xFFFF << 32 | ipv4,
        0x64_FF9B << 96 | ipv4,
        0x2002 << 112 | ipv4 << 80 | rest,
    ):
        assert forbidden(str(IPv6Address(carrier))) == expected


@given(st.text(max_size=40))
def test_anything_else_is_forbidden_and_never_an_error(text: str) -> None:
    try:
        ip_address(text)
    except ValueError:
        assert forbidden(text) == "not an address"
