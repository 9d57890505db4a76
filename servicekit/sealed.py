"""Personal data: AES-GCM with versioned keys, and keyed hashes to find without reading.

A sealed text is `v<key version>.<base64url of nonce and ciphertext>`; the context (which field of
which case) is authenticated, so a value moved to another row does not open.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PURPOSES = ("personal", "exchange", "index", "files", "session")


class Unsealable(Exception):
    """The key version is unknown, or the text was altered or moved."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys of one purpose by version; `current` seals, every one opens."""

    current: str
    keys: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Vault:
    """The rings of a process, read from the keys file."""

    rings: dict[str, Ring]

    def seal_bytes(self, purpose: str, value: bytes, *, context: str) -> tuple[str, bytes]:
        """Key version and nonce + ciphertext."""
        ring = self.rings[purpose]
        nonce = secrets.token_bytes(12)
        box = AESGCM(ring.keys[ring.current]).encrypt(nonce, value, context.encode())
        return ring.current, nonce + box

    def open_bytes(self, purpose: str, version: str, box: bytes, *, context: str) -> bytes:
        """The plain bytes; Unsealable when key or context do not fit."""
        key = self.rings[purpose].keys.get(version)
        if key is None:
            msg = f"key version {version} of {purpose} is not in the keys file"
            raise Unsealable(msg)
        try:
            return AESGCM(key).decrypt(box[:12], box[12:], context.encode())
        except InvalidTag as error:
            raise Unsealable(context) from error

    def seal(self, purpose: str, value: Any, *, context: str) -> str:
        """Any JSON value as one sealed text."""
        plain = json.dumps(value, ensure_ascii=False).encode()
        version, box = self.seal_bytes(purpose, plain, context=context)
        return f"v{version}.{base64.urlsafe_b64encode(box).decode()}"

    def open(self, purpose: str, text: str, *, context: str) -> Any:
        """What was sealed."""
        version, _, body = text.partition(".")
        box = base64.urlsafe_b64decode(body)
        return json.loads(self.open_bytes(purpose, version[1:], box, context=context))

    def blind(self, value: str) -> str:
        """A keyed hash `v<version>:<hex>` of a normalised value, for search by equality."""
        ring = self.rings["index"]
        digest = hmac.new(ring.keys[ring.current], value.strip().upper().encode(), hashlib.sha256)
        return f"v{ring.current}:{digest.hexdigest()}"

    def blinds(self, value: str) -> list[str]:
        """The hash under every known key version: what a search asks for during a rotation."""
        plain = value.strip().upper().encode()
        return [
            f"v{version}:{hmac.new(key, plain, hashlib.sha256).hexdigest()}"
            for version, key in self.rings["index"].keys.items()
        ]


def make_keys_file(path: Path) -> None:
    """Writes fresh keys, readable by the owner alone; an existing file is left as it is."""
    if path.exists():
        return
    rings = {
        purpose: {
            "current": "1",
            "keys": {"1": base64.b64encode(secrets.token_bytes(32)).decode()},
        }
        for purpose in PURPOSES
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(rings, out, indent=1)


def open_vault(path: Path) -> Vault:
    """The vault of a keys file made by `make_keys_file` or by the site."""
    rings = json.loads(path.read_text(encoding="utf-8"))
    return Vault(
        {
            purpose: Ring(
                current=ring["current"],
                keys={v: base64.b64decode(key) for v, key in ring["keys"].items()},
            )
            for purpose, ring in rings.items()
        }
    )
