"""Which addresses may be asked. Pure: it looks nothing up, and judges names and numbers only.

An address is read here once, and what is read is what the connection uses: no second reader of addresses can
understand it in another way.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected

LONGEST_ADDRESS = 2_000  # characters
DEFAULT_PORTS = {"http": 80, "https": 443}
IS_NEVER = "is not one where a server of an organisation can be, so it is never asked"
FIRST_FREE_PORT = 1024  # below it stand services of other kinds, such as mail
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
NUMERIC = re.compile(
    r"(?:\d+|0x[0-9a-f]*)", re.ASCII
)  # what some resolvers take for a part of an IPv4 address
ENTRY = re.compile(r"(?P<host>\[[^\]]+\]|[^:]+)(?::(?P<port>\d{1,5}))?")

IpAddress = IPv4Address | IPv6Address


class Reach(StrEnum):
    """Who may be at an address."""

    PUBLIC = "public"
    PRIVATE = "private"  # somebody's own network or machine: only where an administrator allows the host
    NEVER = "never"  # no server of anybody's, or one that gives away secrets of the machine


PRIVATE_NETWORKS = [
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8"),
        *("100.64.0.0/10", "198.18.0.0/15", "::1/128", "fc00::/7"),
    )
]
# Beyond what every Python version calls not global.
NEVER_NETWORKS = [
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/32", "2002::/16", "3fff::/20", "5f00::/16"),  # Teredo, 6to4, documentation, segments
        # Where clouds keep the credentials of a machine, outside the ranges above.
        *("100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::/32", "fd20:ce::/32"),
    )
]
GLOBAL_UNICAST = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """An address, read: what to connect to and what to ask for there."""

    scheme: str
    host: str  # a name in small letters, or an IP address as it is usually written, without brackets
    port: int
    path: str  # with the query; never with a fragment

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """What this address means. Raises NotCollected with a sentence for people."""
    if not url or len(url) > LONGEST_ADDRESS:
        raise _unusable(f"Give an address of at most {LONGEST_ADDRESS:,} characters.")
    if any(char <= " " or char in "\\\x7f" for char in url):
        raise _unusable("The address holds a space or a character that cannot be in one.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unusable("The address cannot be understood.") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise _unusable("The address must begin with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise _unusable("Take user and password out of the address; there is a field for the sign-in.")
    if port == 0:
        raise _unusable("There is no port 0.")
    host = host_of(parts.hostname or "")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]')}" if parts.query else ""
    return Target(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], path + query)


def host_of(text: str) -> str:
    """A host as it is compared: a name in small letters or the usual spelling of an IP address.

    Raises NotCollected for other spellings of numbers, such as 0x7f.1, that could hide an address.
    """
    bare = text.removeprefix("[").removesuffix("]")
    if ":" in bare or re.fullmatch(r"[\d.]+", bare, re.ASCII):
        return _ip_of(bare)
    try:
        name = bare.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise _no_host(bare) from None
    labels = name.split(".")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise _no_host(bare)
    if NUMERIC.fullmatch(labels[-1]):
        raise _no_host(name)
    return name


def _ip_of(text: str) -> str:
    try:
        if "%" not in text:  # a network card's name is of this machine only
            return str(ip_address(text))
    except ValueError:
        pass
    raise _no_host(text)


def allowed_entry(text: str) -> str:
    """An entry of the list of allowed hosts as it is kept: `host` or `host:port`. Raises NotCollected."""
    text = text.strip()
    host, port = text, ""
    if text.count(":") <= 1 or text.startswith("["):  # else an IPv6 address without a port
        found = ENTRY.fullmatch(text)
        if not found or not 0 < int(found["port"] or 1) < 65_536:
            raise _unusable("Give a host or host:port, such as metrics.example.org:9090.")
        host, port = found["host"], found["port"] or ""
    host = host_of(host)
    if _is_ip(host) and reach_of(host) is Reach.NEVER:
        raise _refused(f"The address {host} {IS_NEVER}.")
    return _entry(host, int(port)) if port else host


def _is_ip(host: str) -> bool:
    return ":" in host or NUMERIC.fullmatch(host.rpartition(".")[2]) is not None


def _entry(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_allowed(target: Target, allowed: Collection[str]) -> bool:
    """Whether an administrator has allowed this very host; `allowed` as allowed_entry returns them."""
    return target.host in allowed or _entry(target.host, target.port) in allowed


def check_target(target: Target, allowed: Collection[str]) -> None:
    """Raises NotCollected when this must not be asked, whatever addresses its host has."""
    usual = target.port >= FIRST_FREE_PORT or target.port in DEFAULT_PORTS.values()
    if not usual and _entry(target.host, target.port) not in allowed:
        raise _refused(
            f"Port {target.port} is not one for web servers; "
            f"an administrator can allow {_entry(target.host, target.port)}."
        )


def check_addresses(target: Target, addresses: Iterable[str], allowed: Collection[str]) -> None:
    """Raises NotCollected when one of the addresses that this host has must not be asked."""
    may_be_private = is_allowed(target, allowed)
    for address in addresses:
        reach = reach_of(address)
        named = f"The address {address}" + ("" if address == target.host else f" of {target.host}")
        if reach is Reach.NEVER:
            raise _refused(f"{named} {IS_NEVER}.")
        if reach is Reach.PRIVATE and not may_be_private:
            raise _refused(f"{named} is private; an administrator can allow this host.")


def reach_of(text: str) -> Reach:
    """Who may be at this IP address, in any spelling that a resolver gives."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return reach_of(str(address.ipv4_mapped))
        if address in NAT64:
            inside = reach_of(str(IPv4Address(int(address) & 0xFFFF_FFFF)))
            return inside if inside is Reach.PUBLIC else Reach.NEVER
    if any(address in network for network in NEVER_NETWORKS):
        return Reach.NEVER
    if any(address in network for network in PRIVATE_NETWORKS):
        return Reach.PRIVATE
    in_use = address.version == 4 or address in GLOBAL_UNICAST
    return Reach.PUBLIC if in_use and address.is_global and not address.is_multicast else Reach.NEVER


def _no_host(text: str) -> NotCollected:
    if not text:
        return _unusable("The address has no host.")
    return _unusable(f"“{text[:60]}” is neither the name of a host nor an IP address in its usual spelling.")


def _unusable(sentence: str) -> NotCollected:
    return NotCollected(FailureKind.ADDRESS, sentence)


def _refused(sentence: str) -> NotCollected:
    return NotCollected(FailureKind.NOT_ALLOWED, sentence)
