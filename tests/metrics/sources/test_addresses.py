"""Which addresses may be asked."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources.addresses import (
    Reach,
    allowed_entry,
    check_addresses,
    check_target,
    is_allowed,
    reach_of,
    target_of,
)
from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "header"),
    [
        ("https://metrics.example.org", "metrics.example.org", 443, "/", "metrics.example.org"),
        ("HTTPS://Metrics.Example.ORG./a?b=1#c", "metrics.example.org", 443, "/a?b=1", "metrics.example.org"),
        ("http://metrics.example.org:9090/a", "metrics.example.org", 9090, "/a", "metrics.example.org:9090"),
        ("http://192.0.2.1/", "192.0.2.1", 80, "/", "192.0.2.1"),
        ("http://[2001:DB8::0:1]:8080/", "2001:db8::1", 8080, "/", "[2001:db8::1]:8080"),
        ("https://münchen.example/ä?q=ü%20x", "xn--mnchen-3ya.example", 443, "/%C3%A4?q=%C3%BC%20x", None),
        ("http://localhost:80/", "localhost", 80, "/", "localhost"),
    ],
)
def test_an_address_is_read_once_for_all(url, host, port, path, header):
    target = target_of(url)

    assert (target.host, target.port, target.path) == (host, port, path)
    assert header in (None, target.host_header)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Give an address"),
        ("http://example.org/" + "a" * 2_000, "at most 2,000 characters"),
        ("file:///etc/passwd", "must begin with https:// or http://"),
        ("gopher://example.org/", "must begin with https:// or http://"),
        ("//example.org/", "must begin with https:// or http://"),
        ("http://olga:secret@example.org/", "Take user and password out"),
        ("http://@example.org/", "Take user and password out"),
        ("http://example.org\\@10.0.0.5/", "a space or a character"),
        ("http://example.org/a b", "a space or a character"),
        ("http://exam\nple.org/", "a space or a character"),
        ("http://example.org:0/", "no port 0"),
        ("http://example.org:99999/", "cannot be understood"),
        ("http://example.org:port/", "cannot be understood"),
        ("http://[::1/", "cannot be understood"),
        ("http://", "has no host"),
        ("http://exa$mple.org/", "neither the name of a host nor"),
        ("http://127%2e0.0.1/", "neither the name of a host nor"),
        ("http://" + "a" * 64 + ".org/", "neither the name of a host nor"),
        ("http://a..org/", "neither the name of a host nor"),
        # Other spellings of 127.0.0.1
        ("http://2130706433/", "neither the name of a host nor"),
        ("http://127.1/", "neither the name of a host nor"),
        ("http://0177.0.0.1/", "neither the name of a host nor"),
        ("http://127.0.0.1./", "neither the name of a host nor"),
        ("http://0x7f000001/", "neither the name of a host nor"),
        ("http://0x7f.0.0.1/", "neither the name of a host nor"),
        ("http://127.0.0.0x1/", "neither the name of a host nor"),
        ("http://①②⑦.⓪.⓪.①/", "neither the name of a host nor"),
        ("http://[fe80::1%25eth0]/", "neither the name of a host nor"),
    ],
)
def test_an_address_that_could_mean_something_else_is_refused(url, words):
    with pytest.raises(NotCollected, match=words) as refused:
        target_of(url)

    assert refused.value.kind == FailureKind.ADDRESS
    assert not refused.value.worth_retrying
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("93.184.216.34", Reach.PUBLIC),
        ("2606:2800:220:1::1", Reach.PUBLIC),
        ("64:ff9b::5db8:d822", Reach.PUBLIC),  # 93.184.216.34 by NAT64
        ("::ffff:93.184.216.34", Reach.PUBLIC),
        ("10.0.0.5", Reach.PRIVATE),
        ("172.31.255.255", Reach.PRIVATE),
        ("172.32.0.1", Reach.PUBLIC),
        ("192.168.1.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("127.0.0.1", Reach.PRIVATE),
        ("127.255.255.254", Reach.PRIVATE),
        ("::1", Reach.PRIVATE),
        ("fd12:3456::1", Reach.PRIVATE),
        ("::ffff:127.0.0.1", Reach.PRIVATE),
        ("::ffff:10.0.0.5", Reach.PRIVATE),
        ("0.0.0.0", Reach.NEVER),
        ("0.1.2.3", Reach.NEVER),
        ("::", Reach.NEVER),
        ("169.254.169.254", Reach.NEVER),
        ("::ffff:169.254.169.254", Reach.NEVER),
        ("100.100.100.200", Reach.NEVER),
        ("168.63.129.16", Reach.NEVER),
        ("192.0.0.192", Reach.NEVER),
        ("fd00:ec2::254", Reach.NEVER),
        ("fd20:ce::254", Reach.NEVER),
        ("224.0.0.1", Reach.NEVER),
        ("239.255.255.250", Reach.NEVER),
        ("255.255.255.255", Reach.NEVER),
        ("240.0.0.1", Reach.NEVER),
        ("192.0.2.1", Reach.NEVER),
        ("203.0.113.9", Reach.NEVER),
        ("fe80::1", Reach.NEVER),
        ("fe80::1%eth0", Reach.NEVER),
        ("fec0::1", Reach.NEVER),
        ("ff02::1", Reach.NEVER),
        ("2001:db8::1", Reach.NEVER),
        ("64:ff9b::7f00:1", Reach.NEVER),  # 127.0.0.1 by NAT64
        ("64:ff9b::a9fe:a9fe", Reach.NEVER),
        ("64:ff9b:1::7f00:1", Reach.NEVER),
        ("2002:7f00:1::", Reach.NEVER),  # 127.0.0.1 by 6to4
        ("2002:5db8:d822::", Reach.NEVER),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Reach.NEVER),  # Teredo
        ("::127.0.0.1", Reach.NEVER),
        ("::ffff:0:127.0.0.1", Reach.NEVER),
    ],
)
def test_who_may_be_at_an_address(address, reach):
    assert reach_of(address) is reach


NOT_PUBLIC = [
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/8", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "fc00::/7"),
        *("fe80::/10", "fec0::/10", "ff00::/8"),
    )
]


@given(st.data())
def test_nothing_in_a_special_network_counts_as_public(data):
    network = data.draw(st.sampled_from(NOT_PUBLIC))
    number = data.draw(st.integers(int(network.network_address), int(network.broadcast_address)))
    address = (IPv4Address if network.version == 4 else IPv6Address)(number)
    mapped = getattr(address, "ipv4_mapped", None)

    if mapped is None and address not in ip_network("64:ff9b::/96"):
        assert reach_of(str(address)) is not Reach.PUBLIC


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_as_itself_or_more_strictly(address):
    itself = reach_of(str(address))

    assert reach_of(f"::ffff:{address}") is itself
    by_nat = reach_of(str(IPv6Address(int(IPv6Address("64:ff9b::")) + int(address))))
    assert by_nat is (Reach.PUBLIC if itself is Reach.PUBLIC else Reach.NEVER)


@given(st.ip_addresses(v=6))
def test_every_address_is_judged(address):
    assert reach_of(str(address)) in Reach


def test_every_address_of_a_host_is_checked():
    target = target_of("https://metrics.example.org/")

    check_addresses(target, ["93.184.216.34", "2606:2800:220:1::1"], allowed=[])
    with pytest.raises(NotCollected) as refused:
        check_addresses(target, ["93.184.216.34", "10.0.0.5"], allowed=[])

    assert refused.value.kind == FailureKind.NOT_ALLOWED
    assert str(refused.value) == (
        "The address 10.0.0.5 of metrics.example.org is private; an administrator can allow this host."
    )


def test_a_private_address_is_refused_by_name():
    with pytest.raises(
        NotCollected, match=r"^The address 10\.0\.0\.5 is private; an administrator can allow this host\.$"
    ):
        check_addresses(target_of("http://10.0.0.5/"), ["10.0.0.5"], allowed=["10.0.0.6", "10.0.0.5:9090"])


@pytest.mark.parametrize(
    ("entry", "url", "allowed"),
    [
        ("metrics.example.org", "http://metrics.example.org/", True),
        ("Metrics.Example.org.", "http://metrics.example.ORG:9090/", True),
        ("metrics.example.org:9090", "http://metrics.example.org:9090/", True),
        ("metrics.example.org:443", "https://metrics.example.org/", True),
        ("metrics.example.org:9090", "http://metrics.example.org/", False),
        ("metrics.example.org", "http://a.metrics.example.org/", False),
        ("example.org", "http://metrics.example.org/", False),
        ("10.0.0.5", "http://10.0.0.5:9090/", True),
        ("10.0.0.5:9090", "http://10.0.0.5:9091/", False),
        ("::1", "http://[0:0::1]:9090/", True),
        ("[::1]", "http://[::1]/", True),
        ("[::1]:9090", "http://[::1]:9090/", True),
        ("[::1]:9090", "http://[::1]/", False),
        ("127.0.0.1", "http://localhost/", False),
    ],
)
def test_an_administrator_allows_exactly_one_host(entry, url, allowed):
    assert is_allowed(target_of(url), [allowed_entry(entry)]) == allowed


@pytest.mark.parametrize(
    "entry",
    ["", "*.example.org", "http://example.org", "example.org/", "a:b", "a:0", "a:70000", "0x7f.1", "127.1"],
)
def test_an_entry_that_is_no_host_is_refused(entry):
    with pytest.raises(NotCollected):
        allowed_entry(entry)


@pytest.mark.parametrize("entry", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "[fe80::1]:80"])
def test_what_is_never_asked_cannot_be_allowed(entry):
    with pytest.raises(NotCollected, match="is never asked|so it is never asked") as refused:
        allowed_entry(entry)

    assert refused.value.kind == FailureKind.NOT_ALLOWED


def test_an_allowed_host_may_be_private_but_is_never_led_to_the_keys_of_the_machine():
    target = target_of("http://metrics.example.org/")

    check_addresses(target, ["10.0.0.5", "127.0.0.1"], allowed=["metrics.example.org"])
    with pytest.raises(NotCollected, match="169.254.169.254 of metrics.example.org is not one where"):
        check_addresses(target, ["169.254.169.254"], allowed=["metrics.example.org"])


@pytest.mark.parametrize(
    ("url", "allowed", "refused"),
    [
        ("http://example.org/", [], False),
        ("https://example.org/", [], False),
        ("http://example.org:443/", [], False),
        ("http://example.org:9090/", [], False),
        ("http://example.org:25/", [], True),
        ("http://example.org:25/", ["example.org"], True),
        ("http://example.org:25/", ["example.org:25"], False),
    ],
)
def test_ports_of_other_services_need_an_entry_of_their_own(url, allowed, refused):
    target = target_of(url)
    if not refused:
        return check_target(target, allowed)
    with pytest.raises(NotCollected, match="Port 25 is not one for web servers; .* allow example.org:25."):
        check_target(target, allowed)
