"""Answers of the real API, recorded from a rehearsal, and made longer or emptier for a test."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "recorded.json").read_text(encoding="utf-8")
)
NO: str = RECORDED["case"]["no"]
PUSH: str = RECORDED["push"]["id"]
FEEDBACK: str = RECORDED["feedback"]["id"]
CODE: str = RECORDED["verification"]["code"]
ITEM: str = RECORDED["item"]["id"]
MATERIAL: str = RECORDED["filing"]["materials"][0]["id"]
LONG = "超长名称" * 60
"""Without a space anywhere."""


def page(*items: Any, next_cursor: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": next_cursor}


def case(status: str = "under-review", *allowed: str) -> dict[str, Any]:
    """The recorded case as it stood in another status, with what is allowed now."""
    made = deepcopy(RECORDED["case"])
    made |= {"status": status, "allowed": list(allowed), "version": 7}
    if status not in {"decided", "issued", "denied"}:
        made["decision"] = None
    if status == "suspended":
        made["deadlines"]["suspensions"] = [
            {
                "id": "s-1",
                "reason": "专家评审",
                "notice_no": "章高新特〔2026〕1号",
                "expected_days": 5,
                "from_day": "2026-11-23",
                "until_day": None,
            }
        ]
    return made


def filing(status: str = "received", *allowed: str, **members: Any) -> dict[str, Any]:
    """The recorded filing as it stood in another status, handed in by the park's own window."""
    made = deepcopy(RECORDED["filing"])
    made |= {"status": status, "allowed": list(allowed), "version": 3, "case_status": None}
    return made | {"answer_due": "2026-11-27", "source_system": "zg-park"} | members


def push(state: str = "claimed", *allowed: str, **members: Any) -> dict[str, Any]:
    made = deepcopy(RECORDED["push"])
    return made | {"state": state, "allowed": list(allowed), "version": 5} | members


def feedback(state: str = "open", **members: Any) -> dict[str, Any]:
    made = deepcopy(RECORDED["feedback"])
    if state == "open":
        made |= {"acknowledged_by": None, "acknowledged_at": None, "note": None}
    return made | {"state": state} | members


def lengthened(value: Any) -> Any:
    """Every text for people as long as anybody could make it."""
    if isinstance(value, dict):
        return {
            name: LONG if name in _FOR_PEOPLE and isinstance(one, str) else lengthened(one)
            for name, one in value.items()
        }
    return [lengthened(one) for one in value] if isinstance(value, list) else value


_FOR_PEOPLE = frozenset(
    {"name", "item_name", "company", "project", "summary", "findings", "opinion", "grounds"}
    | {"ground", "reason", "sentence", "title", "number", "address", "scope_text", "liability"}
    | {"decision_no", "text", "note"}
)

ANSWERS: dict[tuple[str, str], tuple[int, Any]] = {
    ("GET", f"/api/v1{path}"): (200, body)
    for path, body in {
        "/items": page(RECORDED["item"]),
        f"/items/{ITEM}": RECORDED["item"],
        "/delegations": page(RECORDED["delegation"]),
        "/filings": page(RECORDED["filing_row"]),
        f"/filings/{NO}": RECORDED["filing"],
        f"/filings/{NO}/documents": RECORDED["documents"],
        f"/filings/{NO}/timeline": RECORDED["timeline"],
        "/cases": page(RECORDED["case_row"]),
        f"/cases/{NO}": RECORDED["case"],
        f"/cases/{NO}/paper-preview": b"%PDF-1.7",
        f"/cases/{NO}/documents/{RECORDED['case']['papers'][0]['id']}": b"%PDF-1.7",
        f"/filings/{NO}/documents/{RECORDED['documents'][0]['id']}": b"%PDF-1.7",
        f"/materials/{MATERIAL}": b"%PDF-1.7",
        "/pushes": page(RECORDED["push"]),
        f"/pushes/{PUSH}": RECORDED["push"],
        "/feedback": page(RECORDED["feedback"]),
        f"/verifications/{CODE}": RECORDED["verification"],
    }.items()
}
ANSWERS["GET", "/development/clock"] = (200, {"offset_seconds": 0})
ANSWERS["POST", "/api/v1/competence"] = (200, RECORDED["judged"])
