"""Two officers, each with a certificate, of the organisation that claimed."""

from datetime import timedelta
from typing import Any

import pytest

from tests.supervision.office import CHA, JIAN, RETIRED, XUN, Office, an_inspection


async def a_claimed_push(office: Office) -> str:
    push = await (await office.pushed()).push()
    await office.claimed(push)
    return push


async def test_an_inspection_carries_names_and_certificates_of_the_catalogue(office: Office):
    case = await office.pushed()
    push = await case.push()
    await office.claimed(push)
    answer = await office.inspected(push)
    assert answer.status_code == 201, answer.text
    assert [one["certificate_no"] for one in answer.json()["inspectors"]] == [
        "14020000001（示例）",
        "14020000002（示例）",
    ]
    assert answer.json()["inspected_at"].endswith("+08:00")
    (told,) = await case.told("inspected")
    assert told.data["inspection"] == answer.json()["id"]
    assert told.aggregate == f"inspection:{answer.json()['id']}"
    shown = await office.get(JIAN, push)
    assert [one["id"] for one in shown["inspections"]] == [answer.json()["id"]]


@pytest.mark.parametrize(
    ("inspectors", "rule"),
    [
        ([CHA], "too-few-inspectors"),
        ([CHA, CHA], "same-inspector-twice"),
        ([CHA, JIAN], "no-certificate"),
        ([CHA, "zg-fagai-cha"], "inspector-of-another-office"),
        ([CHA, "zg-nobody"], "nobody-of-that-name"),
        ([CHA, RETIRED], "nobody-of-that-name"),
    ],
)
async def test_who_may_not_inspect(office: Office, inspectors: list[str], rule: str):
    push = await a_claimed_push(office)
    body = an_inspection(office.service.clock.now(), inspectors=inspectors)
    answer = await office.post(CHA, push, "inspections", body)
    assert answer.status_code == 422
    assert answer.json()["rule"] == rule
    assert answer.json()["errors"][0]["field"] == "inspectors"


@pytest.mark.parametrize(
    "changed",
    [
        {"inspected_at": "2026-09-30T11:00:00"},
        {"findings": "  "},
        {"inspected_at": "0001-01-01T00:00:00+14:00"},
        {"inspectors": []},
        {"certificate_no": "自报的证号"},
    ],
)
async def test_an_incomplete_record_is_refused(office: Office, changed: dict[str, Any]):
    push = await a_claimed_push(office)
    body = an_inspection(office.service.clock.now(), **changed)
    answer = await office.post(CHA, push, "inspections", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_an_inspection_is_not_in_the_future(office: Office):
    push = await a_claimed_push(office)
    body = an_inspection(office.service.clock.now() + timedelta(hours=1))
    answer = await office.post(CHA, push, "inspections", body)
    assert answer.json()["rule"] == "inspected-later"


async def test_nothing_is_inspected_before_the_claim(office: Office):
    push = await (await office.pushed()).push()
    answer = await office.inspected(push, by=XUN)
    assert answer.json()["code"] == "not-allowed-now"
    assert answer.json()["allowed"] == ["claim", "return", "assign"]
