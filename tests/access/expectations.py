"""What each route with a parameter is about, and whose seat may do it.

The list of routes comes from the apps; one that has no line here fails the walk.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.access.people import APPLICANT, Someone

PARK, REGULATOR, BUREAU = "zg-park", "zg-gongxin", "zg-xingzheng-shenpi"
INSIDE = frozenset({PARK, REGULATOR, BUREAU})
"""The seats of the item the walk drives through, and their overseer."""
GOVERNMENT = "zg-government"
"""Sits nowhere; its leaders read what is beneath them, names masked."""

Key = tuple[str, str, str]
"""Part, method, path."""
Who = Callable[[Someone], bool]


def inside(who: Someone) -> bool:
    """Those who may see the case: its seats, overseer, applicant's side, leaders above."""
    above = who.org == GOVERNMENT and "leader" in who.roles
    return who.org in INSIDE or who.id == APPLICANT or above


def working_inside(who: Someone) -> bool:
    """Leaders are shown nothing that names persons."""
    return inside(who) and who.roles != {"leader"}


def of(*orgs: str) -> Who:
    return lambda who: who.org in orgs


def applicants(who: Someone) -> bool:
    """The applicant's side, and the window on its word."""
    return who.id == APPLICANT or who.org == PARK


@dataclass(frozen=True)
class About:
    """`state`: which of the driven cases fills the path; `may`: whose seat it is, once the rule of
    the route is passed. `blank`: others are answered 200 with nothing in it.
    """

    state: str
    may: Who = inside
    body: Mapping[str, Any] | None = None
    blank: str | None = None


TEXT = "依法办理"
GROUNDS = {"grounds": TEXT}

SEATS: dict[Key, About] = {
    ("catalog", "GET", "/api/v1/imports/{import_id}"): About("import", may=lambda _: True),
    ("catalog", "POST", "/api/v1/imports/{import_id}/publication"): About(
        "import", may=lambda _: True
    ),
    ("intake", "GET", "/api/v1/filings/{no}"): About("received"),
    ("intake", "GET", "/api/v1/filings/{no}/contact"): About("received", may=applicants),
    ("intake", "GET", "/api/v1/filings/{no}/documents"): About("received"),
    ("intake", "GET", "/api/v1/filings/{no}/documents/{id}"): About("asked"),
    ("intake", "POST", "/api/v1/filings/{no}/acceptance"): About("received", may=of(PARK), body={}),
    ("intake", "POST", "/api/v1/filings/{no}/refusal"): About(
        "received", may=of(PARK), body={"reason": "not-needed", "text": TEXT}
    ),
    ("intake", "POST", "/api/v1/filings/{no}/correction-notice"): About(
        "received", may=of(PARK), body={"missing": [{"text": TEXT}]}
    ),
    ("intake", "POST", "/api/v1/filings/{no}/corrections"): About(
        "asked", may=lambda who: who.id == APPLICANT, body={"note": TEXT}
    ),
    ("intake", "POST", "/api/v1/filings/{no}/withdrawal"): About(
        "received", may=lambda who: who.id == APPLICANT, body={"reason": TEXT}
    ),
    ("intake", "GET", "/api/v1/materials/{id}"): About("material", may=working_inside),
    ("intake", "GET", "/internal/timeline/{no}"): About("received", blank="events"),
    ("approval", "GET", "/api/v1/cases/{no}"): About("under-review"),
    ("approval", "GET", "/api/v1/cases/{no}/documents"): About("issued"),
    ("approval", "GET", "/api/v1/cases/{no}/documents/{id}"): About("issued"),
    ("approval", "GET", "/api/v1/cases/{no}/contact"): About("issued", may=of(REGULATOR)),
    ("approval", "GET", "/api/v1/cases/{no}/paper-preview"): About("decided"),
    ("approval", "POST", "/api/v1/cases/{no}/review"): About(
        "under-review", may=of(PARK), body={"opinion": TEXT, "recommends": "grant"}
    ),
    ("approval", "POST", "/api/v1/cases/{no}/return"): About(
        "reviewed", may=of(PARK), body={"reason": TEXT}
    ),
    ("approval", "POST", "/api/v1/cases/{no}/approval"): About(
        "reviewed", may=of(PARK), body=GROUNDS
    ),
    ("approval", "POST", "/api/v1/cases/{no}/denial"): About(
        "reviewed", may=of(PARK), body={**GROUNDS, "reasons": TEXT}
    ),
    ("approval", "POST", "/api/v1/cases/{no}/seal"): About(
        "decided", may=of(PARK), body={"seal": "zg-park-approval"}
    ),
    ("approval", "POST", "/api/v1/cases/{no}/outside-decision"): About(
        "reported",
        may=of(PARK),
        body={
            "outcome": "granted",
            "decision_no": "示例〔2026〕1号",
            "decided_on": "2026-03-02",
            "grounds": TEXT,
            "paper": {"name": "决定.pdf", "content": "JVBERi0xLjcKJSVFT0YK"},
        },
    ),
    ("approval", "POST", "/api/v1/cases/{no}/suspensions"): About(
        "under-review", may=of(PARK), body={"reason": "听证", "expected_days": 5}
    ),
    ("approval", "POST", "/api/v1/cases/{no}/suspensions/{id}/end"): About(
        "suspended", may=of(PARK), body={}
    ),
    ("approval", "POST", "/api/v1/cases/{no}/extension"): About(
        "under-review", may=of(PARK), body={"days": 5, "reason": TEXT}
    ),
    ("approval", "POST", "/api/v1/cases/{no}/withdrawal"): About(
        "under-review", may=applicants, body={"reason": TEXT}
    ),
    ("approval", "POST", "/api/v1/cases/{no}/handover"): About(
        "under-review", may=of(PARK, BUREAU), body={"reason": TEXT}
    ),
    ("approval", "POST", "/api/v1/feedback/{id}/acknowledgement"): About(
        "answered", may=of(PARK), body={"note": TEXT}
    ),
    ("approval", "GET", "/internal/timeline/{no}"): About("issued", blank="events"),
    ("supervision", "GET", "/api/v1/pushes/{id}"): About("pushed"),
    ("supervision", "POST", "/api/v1/pushes/{id}/claim"): About(
        "pushed", may=of(REGULATOR), body={}
    ),
    ("supervision", "POST", "/api/v1/pushes/{id}/return"): About(
        "pushed", may=of(REGULATOR), body={"reason": TEXT}
    ),
    ("supervision", "POST", "/api/v1/pushes/{id}/assignment"): About(
        "pushed", may=of(BUREAU), body={"regulator": "zg-fagai", "reason": TEXT}
    ),
    ("supervision", "POST", "/api/v1/pushes/{id}/release"): About(
        "claimed", may=of(REGULATOR), body={"reason": TEXT}
    ),
    ("supervision", "POST", "/api/v1/pushes/{id}/inspections"): About(
        "claimed",
        may=of(REGULATOR),
        body={
            "inspectors": ["zg-gongxin-cha", "zg-gongxin-xun"],
            "inspected_at": "2026-09-30T10:04:00+08:00",
            "findings": TEXT,
        },
    ),
    ("supervision", "POST", "/api/v1/pushes/{id}/feedback"): About(
        "claimed", may=of(REGULATOR), body={"result": "no-problem", "summary": TEXT}
    ),
    ("supervision", "GET", "/internal/timeline/{no}"): About("pushed", blank="events"),
}

NO_SEAT: dict[Key, str] = {
    ("catalog", "GET", "/api/v1/items/{item_id}"): "the catalogue is public",
    ("catalog", "GET", "/internal/timeline/{no}"): "the catalogue has no cases",
    ("intake", "GET", "/internal/verifications/{code}"): "for the gateway alone: test_internal",
    ("approval", "GET", "/internal/verifications/{code}"): "for the gateway alone: test_internal",
    (
        "gateway",
        "GET",
        "/api/v1/filings/{no}/timeline",
    ): "asks each /internal/timeline",
    ("gateway", "GET", "/api/v1/verifications/{code}"): "public by 80 bits of the code",
    ("gateway", "GET", "/contracts/{name:path}"): "contracts are public",
}
"""Routes with a parameter that are about no case, each with its reason."""
PAGES = "console"
"""A part whose pages ask the API with the visitor's own token, and hold no case themselves."""
