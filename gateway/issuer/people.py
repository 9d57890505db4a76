"""The rehearsal's officers and clients, read from the profile's data."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from servicekit.migrations import ROOT
from servicekit.settings import Settings

ROLE_NAMES = {
    "window": "窗口",
    "helper": "帮办代办",
    "reviewer": "审查",
    "approver": "决定",
    "sealer": "用印",
    "regulator": "监管",
    "inspector": "执法检查",
    "overseer": "统筹监督",
    "leader": "领导",
    "editor": "目录编辑",
    "publisher": "目录发布",
    "admin": "系统管理",
}


@dataclass(frozen=True, slots=True)
class Person:
    """An officer as the profile names it; valid from `since` through `until`."""

    id: str
    name: str
    post: str
    roles: tuple[str, ...]
    org: str
    org_name: str
    since: date
    until: date | None

    def serves(self, day: date) -> bool:
        """Whether the officer is in office on the day."""
        return self.since <= day and (self.until is None or day <= self.until)

    @property
    def role_names(self) -> str:
        return "、".join(ROLE_NAMES.get(role, role) for role in self.roles)


@dataclass(frozen=True, slots=True)
class ClientSpec:
    """A client as the profile names it. `public` has no secret and must use PKCE."""

    id: str
    name: str
    grants: tuple[str, ...]
    scope: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    public: bool


def folder(settings: Settings) -> Path:
    """The profile's folder, given by name or by path."""
    named = ROOT / "profiles" / settings.profile
    return named if named.is_dir() else Path(settings.profile)


def officers(settings: Settings) -> dict[str, Person]:
    """Every officer of the profile by id, in the order of the file."""
    listed = _read(folder(settings) / "organisations.json")["organisations"]
    return {
        person["id"]: Person(
            id=person["id"],
            name=person["name"],
            post=person["post"],
            roles=tuple(person["roles"]),
            org=organisation["id"],
            org_name=organisation["name"],
            since=_day(person.get("valid_from")) or date.min,
            until=_day(person.get("valid_to")),
        )
        for organisation in listed
        for person in organisation["people"]
    }


def clients(settings: Settings) -> list[ClientSpec]:
    """The profile's clients, `{public_url}` filled in."""
    return [
        ClientSpec(
            id=client["id"],
            name=client["name"],
            grants=tuple(client["grants"]),
            scope=tuple(client.get("scope", ())),
            redirect_uris=tuple(
                uri.replace("{public_url}", settings.public_url.rstrip("/"))
                for uri in client.get("redirect_uris", ())
            ),
            public=client.get("public", False),
        )
        for client in _read(folder(settings) / "clients.json")["clients"]
    ]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
