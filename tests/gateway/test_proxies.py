"""Whose address counts when something of ours stands in front."""

import pytest

from gateway.proxies import Proxies
from servicekit.settings import Settings


def resolved(peer: str, forwarded: str | None, *, proto: str | None = None) -> tuple[str, str]:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded is not None else []
    headers += [(b"x-forwarded-proto", proto.encode())] if proto is not None else []
    scope = {"type": "http", "client": (peer, 5), "scheme": "http", "headers": headers}
    proxies = Proxies(Settings(trusted_proxies="127.0.0.1, 10.0.0.0/8 ::1"))
    found = proxies.resolve(scope)
    return found["client"][0], found["scheme"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "10.0.0.7, 10.0.0.8", "10.0.0.7"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", " , ", "127.0.0.1"),
    ],
)
def test_the_last_address_that_is_not_ours_is_the_callers(
    peer: str, forwarded: str | None, address: str
) -> None:
    assert resolved(peer, forwarded)[0] == address


@pytest.mark.parametrize(
    ("peer", "proto", "scheme"),
    [
        ("10.0.0.1", "https", "https"),
        ("203.0.113.9", "https", "http"),
        ("10.0.0.1", "gopher", "http"),
    ],
)
def test_only_ours_say_how_the_caller_came(peer: str, proto: str, scheme: str) -> None:
    assert resolved(peer, None, proto=proto)[1] == scheme
