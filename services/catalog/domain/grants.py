"""From rows of the annex to powers granted: who holds what, by which paper, within which scope.

A row that cannot be read whole is a fault; nothing is guessed and nothing is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from law import coverage, scope, seats
from law.breach import Breach
from law.project import SCALARS
from services.catalog.domain import annex as table
from services.catalog.domain.annex import Annex, AnnexRow
from services.catalog.domain.clauses import (
    asked_facts,
    marked,
    quoted,
    squeezed,
    unquoted_numbers,
)
from services.catalog.domain.fault import Fault
from services.catalog.domain.powertype import ResultKind, UnknownPowerType, normalised, result_kind
from services.catalog.domain.setup import (
    ActingSetup,
    AgreementSetup,
    RowSetup,
    SectionSetup,
    Setup,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One row, understood: an item and its delegation to the park of the place."""

    row: int
    item: str
    park: str
    name: str
    power_type: str
    result_kind: ResultKind
    list_row: str
    section: SectionSetup
    companion: RowSetup
    seats: seats.Seats
    granted_by: str
    scope_text: str
    rule: dict[str, Any] | None
    agreement: AgreementSetup
    acting: tuple[ActingSetup, ...]
    siblings: tuple[str, ...]
    sources: tuple[str, ...]
    marks: tuple[str, ...]


def grants(
    annex: Annex, setup: Setup, organisations: Mapping[str, str]
) -> tuple[tuple[Grant, ...], tuple[Fault, ...]]:
    """`organisations`: ids by each name the government uses for them, without white space."""
    reading = _Reading(setup, organisations)
    made = [grant for row in annex.rows if (grant := reading.grant(row)) is not None]
    reading.check_companions(annex)
    told_apart = _with_siblings(made)
    reading.check_names(told_apart)
    return told_apart, tuple(reading.faults)


def row_key(section: SectionSetup, number: int) -> str:
    """`01` … `29` on the first list, `w1` … on one with a code."""
    return f"{section.code}{number}" if section.code else f"{number:02}"


class _Reading:
    """The faults found so far, and what rows are looked up in."""

    def __init__(self, setup: Setup, organisations: Mapping[str, str]) -> None:
        self.setup = setup
        self.organisations = organisations
        self.faults: list[Fault] = []

    def grant(self, row: AnnexRow) -> Grant | None:
        """None when something the grant cannot be without is missing; the faults say what."""
        section = self.setup.section(row.section.title)
        if section is None:
            text = f"“{row.section.title}”不是已知的清单，不能确定赋权方式"
            self._fault(row.section.row, None, "unknown-section", text)
            return None
        key = row_key(section, row.number)
        companion = self.setup.scope.rows.get(key, RowSetup())
        kind = self._kind(row)
        regulator = self._organisation(row, table.REGULATOR, row.regulator)
        department = self._organisation(row, table.DEPARTMENT, row.department)
        rule = self._rule(row, section, companion)
        if not regulator or not department or kind is None:
            return None
        agreement = self.setup.agreement(section.mode, department)
        if agreement is None:
            text = f"没有“{row.department}”的赋权协议书或授权书，权力尚未生效"
            self._fault(row.row, table.DEPARTMENT, "no-agreement", text)
            return None
        place = self.setup.place
        try:
            filled = self._seats(section, department=department, regulator=regulator)
        except Breach as breach:
            self._fault(row.section.row, None, breach.code, breach.text)
            return None
        return Grant(
            row=row.row,
            item=f"{place.item_prefix}-{key}",
            park=place.park,
            name=row.name,
            power_type=normalised(row.power_type),
            result_kind=kind,
            list_row=f"{place.annex} {row.section.ordinal}、{row.number}",
            section=section,
            companion=companion,
            seats=filled,
            granted_by=department,
            scope_text="；".join(text for text in (row.scope, row.remark) if text),
            rule=rule,
            agreement=agreement,
            acting=tuple(one for one in self.setup.papers.acting if key in one.items),
            siblings=(),
            sources=(
                f"{place.document} {place.annex} {row.section.ordinal}、{row.number}",
                *section.sources,
            ),
            marks=_marks(agreement, companion, rule),
        )

    def _seats(self, section: SectionSetup, *, department: str, regulator: str) -> seats.Seats:
        filled = seats.fill(
            seats.Mode(section.mode),
            park=self.setup.place.park,
            department=department,
            regulators=[regulator],
            office=section.office,
            upper=section.upper,
            copies_to=section.copy_to,
        )
        return replace(filled, recorder=section.recorder or filled.recorder)

    def check_companions(self, annex: Annex) -> None:
        """A companion for a row the list does not have is a mistake in one of the two."""
        sections = [(row, self.setup.section(row.section.title)) for row in annex.rows]
        known = {row_key(section, row.number) for row, section in sections if section is not None}
        for key in self.setup.scope.rows:
            if key not in known:
                self._fault(None, None, "rule-without-row", f"规则文件有第 {key} 项，清单没有")

    def check_names(self, made: Iterable[Grant]) -> None:
        """Two rows of one name need a word that tells them apart."""
        made = list(made)
        for grant in made:
            if _same_name(grant, made) and grant.companion.discriminator is None:
                text = f"另有同名事项，规则文件须写明如何区分“{grant.name}”"
                self._fault(grant.row, table.NAME, "same-name", text)

    def _kind(self, row: AnnexRow) -> ResultKind | None:
        try:
            return result_kind(row.power_type)
        except UnknownPowerType:
            if row.power_type:
                text = f"“{row.power_type}”不是已知的权力类型"
                self._fault(row.row, table.POWER_TYPE, "unknown-power-type", text)
            return None

    def _organisation(self, row: AnnexRow, column: str, name: str) -> str | None:
        known = self.organisations.get(squeezed(name))
        if known is None and name:
            self._fault(row.row, column, "unknown-organisation", f"目录中没有机构“{name}”")
        return known

    def _rule(
        self, row: AnnexRow, section: SectionSetup, companion: RowSetup
    ) -> dict[str, Any] | None:
        """The row's rule, after every clause was seen to have one and every rule its clause."""
        if companion.shared is not None and companion.shared not in self.setup.scope.shared:
            text = f"规则文件没有共用规则 {companion.shared}"
            self._fault(row.row, table.SCOPE, "unknown-shared-rule", text)
            return None
        if section.scope_required and not row.scope:
            self._fault(row.row, table.SCOPE, "empty-cell", "“实施范围”不能为空")
        rule = self.setup.scope.rule(companion)
        try:
            parsed = scope.parse(rule) if rule is not None else None
        except Breach as breach:
            self._fault(row.row, table.SCOPE, "malformed-rule", breach.text)
            return None
        self._check_words(row, rule, parsed)
        self._check_facts(row, rule)
        self._check_above(row, companion)
        return rule

    def _check_facts(self, row: AnnexRow, rule: dict[str, Any] | None) -> None:
        """A misspelt fact would never be given, and the power refused to everyone."""
        for fact in asked_facts(rule):
            if fact not in SCALARS and fact not in self.setup.place.facts:
                text = f"规则所问的“{fact}”不是已知的项目情况"
                self._fault(row.row, table.SCOPE, "unknown-fact", text)

    def _check_above(self, row: AnnexRow, companion: RowSetup) -> None:
        above = companion.above
        if above is not None and above.org not in self.organisations.values():
            text = f"目录中没有机构 {above.org}"
            self._fault(row.row, table.SCOPE, "unknown-organisation", text)

    def _check_words(
        self, row: AnnexRow, rule: dict[str, Any] | None, parsed: scope.Rule | None
    ) -> None:
        for column, text in ((table.SCOPE, row.scope), (table.REMARK, row.remark)):
            for clause in coverage.covers(text, parsed) if text else ():
                message = f"“{clause}”没有对应的规则"
                self._fault(row.row, column, "clause-without-rule", message)
        for number in unquoted_numbers(row.name, quoted(rule)):
            text = f"名称中的“{number}”没有对应的规则"
            self._fault(row.row, table.NAME, "clause-without-rule", text)
        written = "；".join((row.scope, row.remark, row.name, row.regulator, row.department))
        for clause in coverage.strays(written, parsed):
            text = f"规则所引“{clause}”在清单本行中找不到"
            self._fault(row.row, table.SCOPE, "rule-without-clause", text)

    def _fault(self, row: int | None, column: str | None, code: str, message: str) -> None:
        fault = Fault(row, column, code, message)
        if fault not in self.faults:
            self.faults.append(fault)


def _marks(
    agreement: AgreementSetup, companion: RowSetup, rule: dict[str, Any] | None
) -> tuple[str, ...]:
    """What in this grant no document says, in words for people."""
    found = []
    if agreement.mark is not None:
        found.append(f"{agreement.mark}：协议名称、编号与生效日")
    if companion.discriminator is not None and companion.discriminator.mark is not None:
        found.append(f"{companion.discriminator.mark}：{companion.discriminator.text}")
    if companion.above is not None and companion.above.mark is not None:
        found.append(f"{companion.above.mark}：{companion.above.text}")
    found += [f"{mark}：“{clause}”的规则" for mark, clause in marked(rule)]
    return tuple(dict.fromkeys(found))


def _with_siblings(made: Sequence[Grant]) -> tuple[Grant, ...]:
    """Each grant with the items of the same name under other departments."""
    return tuple(replace(grant, siblings=tuple(_same_name(grant, made))) for grant in made)


def _same_name(grant: Grant, made: Iterable[Grant]) -> list[str]:
    name = squeezed(grant.name)
    return [one.item for one in made if one.item != grant.item and squeezed(one.name) == name]
