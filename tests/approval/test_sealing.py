"""Wrong and retired seals are impossible; what was previewed is what is sealed."""

from datetime import date
from uuid import uuid4

import pytest

from contracts.approval import Issued
from tests.approval.builders import APPROVER, PARK_SEAL, RETIRED_SEAL, REVIEWER, SEALER, SYSTEM
from tests.approval.office import Office
from tests.support.catalogue import published


@pytest.mark.parametrize(
    ("seal", "rule"),
    [
        (RETIRED_SEAL, "retired-seal"),
        ("zg-park-official", "wrong-seal"),
        ("zg-renshe-department", "wrong-seal"),
        ("no-such-seal", "wrong-seal"),
    ],
)
async def test_no_other_seal_can_be_put(office: Office, seal: str, rule: str):
    no = await office.decided()
    answer = await office.do(SEALER, no, "seal", {"seal": seal})
    assert (answer.status_code, answer.json()["rule"]) == (422, rule)
    assert answer.json()["errors"][0]["field"] == "seal"
    assert (await office.read(SEALER, no))["status"] == "decided"


async def test_the_preview_shows_the_content_that_will_be_sealed(office: Office):
    no = await office.decided()
    got = await office.client(SEALER).get(f"/api/v1/cases/{no}/paper-preview")
    assert (got.status_code, got.content[:5]) == (200, b"%PDF-"), got.text
    seen = got.headers["x-content-sha256"]
    other = await office.do(SEALER, no, "seal", {"seal": PARK_SEAL, "content_sha256": "0" * 64})
    assert (other.status_code, other.json()["code"]) == (412, "changed-meanwhile")
    await office.must(SEALER, no, "seal", {"seal": PARK_SEAL, "content_sha256": seen})
    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert issued.decision.content_sha256 == seen


async def test_there_is_no_preview_before_the_decision_and_none_for_the_applicant(office: Office):
    no = await office.reviewed()
    early = await office.client(SEALER).get(f"/api/v1/cases/{no}/paper-preview")
    assert (early.status_code, early.json()["code"]) == (409, "not-allowed-now")
    applicant = await office.client(SYSTEM).get(f"/api/v1/cases/{no}/paper-preview")
    assert applicant.status_code == 403


async def test_a_seal_replaced_since_the_decision_changes_what_is_sealed(own_office: Office):
    office = own_office
    no = await office.decided()
    before = (await office.read(SEALER, no))["decision"]["content_sha256"]
    park = (await office.catalogue()).organisation("zg-park")
    seals = [
        one.model_copy(update={"retired": True}) if one.id == PARK_SEAL else one
        for one in park.seals
    ]
    new = next(one for one in park.seals if one.id == PARK_SEAL).model_copy(
        update={"id": "zg-park-approval-2026", "valid_from": date(2026, 3, 1)}
    )
    grown = park.model_copy(update={"seals": (*seals, new)})
    await office.service.learn_catalogue(published([grown], publication=str(uuid4())))

    old = await office.do(SEALER, no, "seal", {"seal": PARK_SEAL})
    assert (old.status_code, old.json()["rule"]) == (422, "retired-seal")
    got = await office.client(SEALER).get(f"/api/v1/cases/{no}/paper-preview")
    seen = got.headers["x-content-sha256"]
    assert seen != before
    await office.must(SEALER, no, "seal", {"seal": new.id, "content_sha256": seen})
    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert (issued.sealed_by.seal, issued.decision.content_sha256) == (new.id, seen)


async def test_only_the_sealer_seals(office: Office):
    no = await office.decided()
    for who in (APPROVER, REVIEWER):
        answer = await office.do(who, no, "seal", {"seal": PARK_SEAL})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-seat")
