"""Who acts in which step: officers of the catalogue, chosen by seat, role and paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


class NobodyThere(LookupError):
    """The profile names no officer for a seat; the message says which."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Officers by organisation, from `GET /api/v1/organisations`."""

    organisations: Mapping[str, Mapping[str, Any]]

    def name(self, org: str) -> str:
        """Short name for the table."""
        known = self.organisations.get(org, {})
        return str(known.get("short_name") or known.get("name") or org)

    def person(self, officer: str) -> str:
        """An officer's name without the mark of an example."""
        for known in self.organisations.values():
            for one in known.get("people", ()):
                if one["id"] == officer:
                    return str(one["name"]).removesuffix("（示例）")
        return officer

    def has_people(self, org: str) -> bool:
        """Whether anybody of the organisation signs in here."""
        return bool(self.organisations[org].get("people"))

    def officer(self, org: str, *roles: str, but: Iterable[str] = ()) -> str:
        """The first officer of the organisation with one of the roles, in the roles' order."""
        kept_out = set(but)
        for role in roles:
            for one in self.organisations[org].get("people", ()):
                if role in one["roles"] and one["id"] not in kept_out:
                    return str(one["id"])
        raise NobodyThere(f"{self.name(org)}没有可承担 {'、'.join(roles)} 的人员")

    def seal(self, org: str, kind: str, today: date) -> str:
        """The id of the organisation's seal of that kind in use today."""
        for one in self.organisations[org].get("seals", ()):
            until = one.get("valid_to")
            in_use = date.fromisoformat(one["valid_from"]) <= today and not one.get("retired")
            if one["kind"] == kind and in_use and (until is None or until >= today.isoformat()):
                return str(one["id"])
        raise NobodyThere(f"{self.name(org)}没有在用的 {kind} 印章")

    def inspectors(self, org: str, count: int = 2) -> list[str]:
        """Officers with a certificate number."""
        found = [
            str(one["id"])
            for one in self.organisations[org].get("people", ())
            if "inspector" in one["roles"] and one.get("certificate_no")
        ]
        if len(found) < count:
            raise NobodyThere(f"{self.name(org)}持证执法人员不足 {count} 人")
        return found[:count]
