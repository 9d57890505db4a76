"""Row ↔ case: what stands as JSON in a column, and how it is read back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from law.clock import PauseReason, Unit
from law.decision import Outcome
from law.seals import SealKind
from law.seats import Mode, Seats
from services.approval.domain.case import Case
from services.approval.domain.deadlines import Deadlines
from services.approval.domain.facts import (
    CoSealPlan,
    Decision,
    Prolongation,
    SealUse,
    Signature,
    StepRecord,
    Suspension,
    plain,
)
from services.approval.domain.state import Status

PLAIN = (
    "no", "item", "item_name", "park", "guide_version", "instant", "four_eyes", "result_kind",
    "applicant", "project", "materials", "source_system", "source_case_no", "rehearsal", "tenant",
    "received_at", "accepted_at", "opened_at", "version", "delegation", "period", "competence",
    "opinion", "recommends", "report_seals", "withdrawn_reason",
)  # fmt: skip
"""Columns that are the field as it is."""


def case(row: Mapping[str, Any], decision: Decision | None) -> Case:
    """The case of a row, with its present decision."""
    return Case(
        **{name: row[name] for name in PLAIN},
        status=Status(row["status"]),
        suspended_from=Status(row["suspended_from"]) if row["suspended_from"] else None,
        viewers=tuple(row["viewers"]),
        mode=Mode(row["mode"]),
        seats=seats(row["seats"]),
        co_seals=tuple(
            CoSealPlan(on=one["on"], org=one["org"], kind=SealKind(one["kind"]))
            for one in row["co_seals"]
        ),
        reviewers=tuple(row["reviewers"]),
        reviewed_by=_signature(row["reviewed_by"]),
        deadlines=deadlines(row["deadlines"]),
        decision=decision,
    )


def values(one: Case) -> dict[str, Any]:
    """The columns of a case, without those the store adds (personal data, due days, turn)."""
    return {
        **{name: getattr(one, name) for name in PLAIN},
        "status": one.status.value,
        "suspended_from": one.suspended_from.value if one.suspended_from else None,
        "viewers": list(one.viewers),
        "applicant_name": one.applicant["name"],
        "uscc": one.applicant["uscc"],
        "mode": one.mode.value,
        "seats": plain(one.seats),
        "regulators": list(one.seats.supervises),
        "co_seals": [plain(co_seal) for co_seal in one.co_seals],
        "reviewers": list(one.reviewers),
        "reviewed_by": plain(one.reviewed_by) if one.reviewed_by else None,
        "deadlines": _deadlines_json(one.deadlines),
        "decision_version": one.decision.version if one.decision else 0,
    }


def seats(stored: Mapping[str, Any]) -> Seats:
    """Seats of a JSON column."""
    return Seats(
        **{
            **stored,
            "supervises": tuple(stored["supervises"]),
            "copies_to": tuple(stored["copies_to"]),
        }
    )


def deadlines(stored: Mapping[str, Any]) -> Deadlines:
    """The clocks of a JSON column."""
    extension = stored["extension"]
    return Deadlines(
        started_on=date.fromisoformat(stored["started_on"]),
        unit=Unit(stored["unit"]),
        statutory_days=stored["statutory_days"],
        promised_days=stored["promised_days"],
        suspensions=tuple(_suspension(one) for one in stored["suspensions"]),
        extension=(
            Prolongation(
                **{**extension, "notified_on": date.fromisoformat(extension["notified_on"])}
            )
            if extension
            else None
        ),
        stopped_on=_day(stored["stopped_on"]),
    )


def decision(row: Mapping[str, Any]) -> Decision:
    """The decision of a row of its table."""
    return Decision(
        id=row["id"],
        version=row["version"],
        number=row["number"],
        outcome=Outcome(row["outcome"]),
        result_kind=row["result_kind"],
        decided_on=row["decided_on"],
        decided_at=row["decided_at"],
        decided_by=Signature(**row["decided_by"]),
        reviewed_by=_signature(row["reviewed_by"]),
        grounds=row["grounds"],
        reasons=tuple(row["reasons"]),
        remedies=tuple(row["remedies"]),
        content=row["content"],
        content_sha256=row["content_sha256"],
        code=row["code"],
        competence=row["competence"],
        liability=row["liability"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        outside=row["outside"],
        sealed_by=_seal_use(row["sealed_by"]) if row["sealed_by"] else None,
        co_seals=tuple(_seal_use(one) for one in row["co_seals"]),
        void=row["void"],
    )


def decision_values(no: str, one: Decision) -> dict[str, Any]:
    """The columns of a decision."""
    return {
        "no": no,
        "version": one.version,
        "id": one.id,
        "number": one.number,
        "outcome": one.outcome.value,
        "result_kind": one.result_kind,
        "decided_on": one.decided_on,
        "decided_at": one.decided_at,
        "decided_by": plain(one.decided_by),
        "reviewed_by": plain(one.reviewed_by) if one.reviewed_by else None,
        "grounds": one.grounds,
        "reasons": list(one.reasons),
        "remedies": list(one.remedies),
        "content": one.content,
        "content_sha256": one.content_sha256,
        "code": one.code,
        "competence": one.competence,
        "catalog_position": one.competence["catalog_position"],
        "liability": one.liability,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "outside": one.outside,
        "sealed_by": _seal_use_json(one.sealed_by) if one.sealed_by else None,
        "co_seals": [_seal_use_json(use) for use in one.co_seals],
        "void": one.void,
    }


def step_values(no: str, version: int, one: StepRecord) -> dict[str, Any]:
    """The columns of a line of history."""
    return {
        "no": no,
        "case_version": version,
        "step": one.step,
        "officer": plain(one.by),
        "at": one.at,
        "ground": one.ground,
        "liability": one.liability,
        "detail": one.detail,
    }


def _deadlines_json(one: Deadlines) -> dict[str, Any]:
    return {
        "started_on": one.started_on.isoformat(),
        "unit": one.unit.value,
        "statutory_days": one.statutory_days,
        "promised_days": one.promised_days,
        "suspensions": [
            {
                **plain(pause),
                "from_day": pause.from_day.isoformat(),
                "until_day": pause.until_day.isoformat() if pause.until_day else None,
            }
            for pause in one.suspensions
        ],
        "extension": (
            {**plain(one.extension), "notified_on": one.extension.notified_on.isoformat()}
            if one.extension
            else None
        ),
        "stopped_on": one.stopped_on.isoformat() if one.stopped_on else None,
    }


def _suspension(stored: Mapping[str, Any]) -> Suspension:
    return Suspension(
        id=stored["id"],
        reason=PauseReason(stored["reason"]),
        notice_no=stored["notice_no"],
        expected_days=stored["expected_days"],
        from_day=date.fromisoformat(stored["from_day"]),
        until_day=_day(stored["until_day"]),
    )


def _seal_use(stored: Mapping[str, Any]) -> SealUse:
    return SealUse(
        seal=stored["seal"],
        name=stored["name"],
        org=stored["org"],
        by=Signature(**stored["by"]),
        at=datetime.fromisoformat(stored["at"]),
    )


def _seal_use_json(one: SealUse) -> dict[str, Any]:
    return {**plain(one), "by": plain(one.by), "at": one.at.isoformat()}


def _signature(stored: Mapping[str, Any] | None) -> Signature | None:
    return Signature(**stored) if stored else None


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None
