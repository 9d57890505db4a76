"""Who really calls, when a proxy of ours stands in front: an ingress, or the console for a visitor.

`X-Forwarded-For` is believed from the listed addresses only; anyone else's is dropped.
"""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from servicekit.settings import Settings


class Proxies:
    """The addresses and networks that may speak for others."""

    def __init__(self, settings: Settings) -> None:
        words = settings.trusted_proxies.replace(",", " ").split()
        self._networks: list[IPv4Network | IPv6Network] = [
            ip_network(word, strict=False) for word in words
        ]

    def resolve(self, scope: Scope) -> Scope:
        """The scope with the caller's own address and scheme: the last one no proxy of ours has."""
        peer = scope.get("client")
        if peer is None or not self._trusts(peer[0]):
            return scope
        headers = Headers(scope=scope)
        named = [one.strip() for one in ",".join(headers.getlist("x-forwarded-for")).split(",")]
        chain = [one for one in named if one]
        strangers = [one for one in chain if not self._trusts(one)]
        address = strangers[-1] if strangers else (chain or [peer[0]])[0]
        scheme = headers.get("x-forwarded-proto", "")
        known = scheme if scheme in {"http", "https"} else scope["scheme"]
        return {**scope, "client": (address[:64], 0), "scheme": known}

    def _trusts(self, address: str) -> bool:
        try:
            one = ip_address(address)
        except ValueError:
            return False
        return any(one in network for network in self._networks)
