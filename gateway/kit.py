"""What the gateway holds while it runs. Beside an outside issuer it has no keys of its own."""

from dataclasses import dataclass

from joserfc.jwk import KeySet

from gateway import tables
from gateway.issuer.keys import SigningKeys
from servicekit.clock import Clock
from servicekit.kit import Kit, open_kit
from servicekit.settings import Settings
from servicekit.tokens import Keys


@dataclass(frozen=True, slots=True)
class Opened:
    """The kit, and the development issuer's keys where that issuer exists."""

    kit: Kit
    signing: SigningKeys | None


def open_gateway(
    settings: Settings, *, clock: Clock | None = None, keys: Keys | None = None, role: str = "web"
) -> Opened:
    """Tokens of the own issuer are verified without asking ourselves over HTTP.

    `keys` stands for an outside issuer's in tests.
    """
    if not settings.development:
        kit = open_kit(
            "gateway", settings, clock=clock, tables=tables.kit_tables, keys=keys, role=role
        )
        return Opened(kit, None)

    async def own_keys(fresh: bool) -> KeySet:
        return await signing.public(fresh)

    kit = open_kit(
        "gateway", settings, clock=clock, tables=tables.kit_tables, keys=own_keys, role=role
    )
    signing = SigningKeys(kit.engine, kit.vault)
    return Opened(kit, signing)
