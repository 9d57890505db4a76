"""Who may call a route. Every route declares one `Rule`; a test walks them all.

A role is had only if the token says so *and* the catalogue gives it to that officer in that
organisation. Whether the officer's organisation sits in the case's seat is judged in the domain.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from fastapi import Request
from sqlalchemy import ColumnElement, Table, or_, true

from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.tokens import Caller

Kind = Literal["officer", "system", "signed-in", "public", "internal"]
OFFICER_ROLES = frozenset(
    [
        "window",
        "helper",
        "reviewer",
        "approver",
        "sealer",
        "regulator",
        "inspector",
        "overseer",
        "leader",
        "editor",
        "publisher",
        "admin",
    ]
)


def kit_of(request: Request) -> Kit:
    """The part's kit, as a dependency."""
    kit: Kit = request.app.state.kit
    return kit


@dataclass(frozen=True)
class Rule:
    """A FastAPI dependency that answers the caller or raises 401 / 403."""

    kinds: frozenset[Kind]
    roles: frozenset[str] = frozenset()
    scope: str | None = None

    async def __call__(self, request: Request) -> Caller | None:
        """The caller; None only on public routes without a token."""
        token = _bearer(request)
        if token is None:
            if "public" in self.kinds:
                return None
            raise Problem("unauthenticated", "请求没有携带令牌")
        kit = kit_of(request)
        caller = await kit.verifier.caller(token)
        await self._check(kit, caller)
        return caller if "public" in self.kinds else await _as_known(kit, caller)

    async def _check(self, kit: Kit, caller: Caller) -> None:
        if self.kinds & {"public", "signed-in"}:
            return
        if caller.kind == "system":
            self._check_system(caller)
            return
        if "officer" not in self.kinds:
            raise Problem("not-your-seat", "此接口只供系统对接方调用")
        roles = await kit.effective_roles(caller)
        if not roles:
            raise Problem("not-your-seat", "机构目录中没有这位人员，或没有为其登记角色")
        if self.roles and not roles & self.roles:
            wanted = "、".join(sorted(self.roles))
            raise Problem("not-your-seat", f"需要以下角色之一：{wanted}")

    def _check_system(self, caller: Caller) -> None:
        if "internal" in self.kinds and "internal" in caller.scope:
            return
        if "system" in self.kinds and (self.scope is None or self.scope in caller.scope):
            return
        raise Problem("not-your-seat", f"该系统客户端没有所需范围 {self.scope or 'internal'}")


async def _as_known(kit: Kit, caller: Caller) -> Caller:
    """As the catalogue knows an officer: one it does not know sits nowhere, whatever organisation
    the token names; a leader sees the organisations beneath as well.
    """
    if kit.directory is None or caller.org is None:
        return caller
    roles = await kit.effective_roles(caller)
    if not roles:
        return replace(caller, org=None, roles=frozenset())
    if "leader" in roles:
        return replace(caller, leads=await kit.directory.below(caller.org))
    return caller


def officers(*roles: str) -> Rule:
    """Officers having one of the roles; any officer when none is named."""
    unknown = set(roles) - OFFICER_ROLES
    if unknown:
        msg = f"no such role: {sorted(unknown)}"
        raise ValueError(msg)
    return Rule(frozenset({"officer"}), frozenset(roles))


def officers_or_systems(*roles: str, scope: str) -> Rule:
    """Officers with a role, or system clients with a scope."""
    return Rule(frozenset({"officer", "system"}), frozenset(roles), scope)


def signed_in() -> Rule:
    """Anyone with a valid token."""
    return Rule(frozenset({"signed-in"}))


def public() -> Rule:
    """Everyone; a token, if sent, is still checked."""
    return Rule(frozenset({"public"}))


def internal() -> Rule:
    """The gateway's own token only."""
    return Rule(frozenset({"internal"}))


def _bearer(request: Request) -> str | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem("unauthenticated", "Authorization 应为 Bearer 令牌")
    return token.strip()


def readable(table: Table, caller: Caller) -> ColumnElement[bool]:
    """The one filter of lists, single reads, feed and files: rows the caller may see.

    `table` has `viewers text[]` (organisations now in its seats and their overseer) and
    `source_system` (the applicant's side: a system client, or the organisation whose officer
    filed). A leader sees what the organisations beneath see, with names masked.
    """
    if "internal" in caller.scope:
        return true()
    own = table.c.source_system == (caller.org or caller.sub)
    if caller.org is None:
        return own
    seen = [caller.org, *sorted(caller.leads)]
    return or_(table.c.viewers.overlap(seen), own)


def only_leads(caller: Caller) -> bool:
    """A leader without working role sees its hierarchy with names masked."""
    return "leader" in caller.roles and not caller.roles - {"leader"}


def masked(name: str) -> str:
    """王小明 → 王**; 赣州某某有限公司 → 赣州****. For lists and leaders."""
    keep = 1 if len(name) <= 4 else 2
    return name[:keep] + "*" * min(len(name) - keep, 4)


def rule_of(dependencies: Iterable[Any]) -> Rule | None:
    """The Rule among a route's dependencies (`route.dependant.dependencies`)."""
    for dependency in dependencies:
        if isinstance(dependency.call, Rule):
            return dependency.call
        inner = rule_of(dependency.dependencies)
        if inner is not None:
            return inner
    return None
