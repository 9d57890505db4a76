"""Natural persons of a filing: sealed at rest, sealed anew for the exchange, masked when shown."""

from typing import Any

from servicekit.sealed import Vault

People = dict[str, dict[str, Any]]
"""`contact` and `legal_representative`, each with `name`, `phone`, `id_no` where given."""


def sealed(vault: Vault, people: People, *, no: str) -> str:
    """For the filing's own row."""
    return vault.seal("personal", people, context=f"filing:{no}")


def opened(vault: Vault, text: str, *, no: str) -> People:
    """What `sealed` closed."""
    people: People = vault.open("personal", text, context=f"filing:{no}")
    return people


def for_exchange(vault: Vault, text: str, *, no: str) -> str:
    """The same people under the key of the services that need them."""
    return vault.seal("exchange", opened(vault, text, no=no), context=f"filing:{no}")


def index(vault: Vault, people: People) -> dict[str, str]:
    """Keyed hashes by field, e.g. `contact.id_no`."""
    return {
        f"{role}.{name}": vault.blind(str(value))
        for role, person in people.items()
        for name, value in person.items()
        if value
    }


def masked(people: People) -> People:
    """王**, 138****1234, 3607**********1234: enough to recognise, too little to use."""
    return {
        role: {
            name: _masked(name, str(value)) for name, value in person.items() if value is not None
        }
        for role, person in people.items()
    }


def _masked(name: str, value: str) -> str:
    if name == "name":
        return value[:1] + "*" * max(len(value) - 1, 1)
    head, tail = (3, 4) if name == "phone" else (4, 4)
    if len(value) <= head + tail:
        return value[:1] + "*" * (len(value) - 1)
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]
