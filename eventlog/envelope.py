"""The envelope every event travels in: CloudEvents 1.0, structured JSON."""

import json
import os
import re
import time as clock
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

_MOST = 2**31 - 1
_NAME = re.compile(r"[a-z0-9]{1,20}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_KNOWN = frozenset(
    {
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "datacontenttype",
        "dataschema",
        "data",
        "aggregate",
        "sequence",
        "traceparent",
        "tenant",
        "rehearsal",
        "position",
    }
)


class Unreadable(Exception):
    """The bytes are not an envelope of ours; reading them again cannot help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One public fact. Raises ValueError when built from what CloudEvents or our rules forbid."""

    id: UUID
    """Version 7, drawn in real time; it identifies and never orders."""
    source: str
    """`/shenguan/<site>/<service>`."""
    type: str
    """`<service>.<fact>.v<n>`."""
    subject: str
    """The case number, or the catalogue's `kind:id`."""
    time: datetime
    """When it happened, by the business clock; any zone in, UTC on the wire."""
    dataschema: str
    """A path under `/contracts/`."""
    aggregate: str
    """What `sequence` counts, e.g. `case`, `push:3f…`: several aggregates share one subject."""
    sequence: int
    """The aggregate's version, at most 2^31-1; numbers may have gaps."""
    tenant: str
    """The profile's id; it says where the fact comes from and never who may see it."""
    data: dict[str, Any]
    rehearsal: bool = False
    """演练: kept out of series, statistics and the outside world."""
    traceparent: str | None = None
    position: int | None = None
    """Place in the writer's archive; stamped by the relay, on the catalogue's topic only."""
    extensions: Mapping[str, str | int | bool] = field(default_factory=dict)
    """Extensions this version does not know; kept as they came."""

    def __post_init__(self) -> None:
        if self.time.tzinfo is None:
            raise ValueError("time needs a zone")
        for name in ("source", "type", "subject", "dataschema", "aggregate", "tenant"):
            if not getattr(self, name):
                raise ValueError(f"{name} is empty")
        for name in ("sequence", "position"):
            number = getattr(self, name)
            if number is not None and not 0 <= number <= _MOST:
                raise ValueError(f"{name} {number} is outside a CloudEvents integer")
        if self.traceparent is not None and not _TRACEPARENT.fullmatch(self.traceparent):
            raise ValueError("traceparent is not a W3C one")
        for name in self.extensions:
            if name in _KNOWN or not _NAME.fullmatch(name):
                raise ValueError(f"{name} is not an extension's name")

    def to_bytes(self) -> bytes:
        """UTF-8 with Chinese left readable. Raises ValueError for NaN and lone surrogates."""
        body: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "dataschema": self.dataschema,
            "aggregate": self.aggregate,
            "sequence": self.sequence,
            "tenant": self.tenant,
            "rehearsal": self.rehearsal,
        }
        for name in ("traceparent", "position"):
            if getattr(self, name) is not None:
                body[name] = getattr(self, name)
        body |= self.extensions
        body["data"] = self.data
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Raises Unreadable; extensions nobody here knows are accepted."""
        try:
            body = json.loads(raw, parse_constant=_refuse)
            if not isinstance(body, dict) or body.get("specversion") != "1.0":
                raise Unreadable("not a CloudEvents 1.0 object")
            return cls._read(body)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error

    @classmethod
    def _read(cls, body: dict[str, Any]) -> Self:
        return cls(
            id=UUID(_text(body, "id")),
            source=_text(body, "source"),
            type=_text(body, "type"),
            subject=_text(body, "subject"),
            time=datetime.fromisoformat(_text(body, "time")),
            dataschema=_text(body, "dataschema"),
            aggregate=_text(body, "aggregate"),
            sequence=_typed(body["sequence"], int, "sequence"),
            tenant=_text(body, "tenant"),
            data=_typed(body["data"], dict, "data"),
            rehearsal=_typed(body.get("rehearsal", False), bool, "rehearsal"),
            traceparent=_optional(body, "traceparent", str),
            position=_optional(body, "position", int),
            extensions={name: value for name, value in body.items() if name not in _KNOWN},
        )

    def at(self, position: int) -> Self:
        """The same event with its archive position."""
        return replace(self, position=position)


def uuid7(now_ms: int, random: bytes) -> UUID:
    """RFC 9562 version 7 from milliseconds since 1970 and ten random bytes."""
    if len(random) != 10:
        raise ValueError("uuid7 needs ten random bytes")
    number = (now_ms & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(random)
    number &= ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=number | 0x7 << 76 | 0x2 << 62)


def new_id() -> UUID:
    """An id for an event written now; real time, whatever the business clock says."""
    return uuid7(clock.time_ns() // 1_000_000, os.urandom(10))


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _text(body: dict[str, Any], name: str) -> str:
    return str(_typed(body[name], str, name))


def _typed(value: Any, kind: type, name: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{name} is not a {kind.__name__}")
    return value


def _optional(body: dict[str, Any], name: str, kind: type) -> Any:
    return None if body.get(name) is None else _typed(body[name], kind, name)
