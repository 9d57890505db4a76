"""Accepting, refusing, asking once, correcting, withdrawing: by seat, by status, by version."""

import pytest

from contracts import catalog
from services.intake.adapters import submissions, tables
from services.intake.domain.filing import ALLOWED, Action, Status
from tests.intake.builders import BODIES, a_body, a_filing, a_material, act, reach
from tests.support.catalogue import published, zhanggong
from tests.support.service import Service

STRANGER = "zg-renshe-jue"
"""An approver of an office in no seat of row 4."""
ROUTED = [action for action in Action if action is not Action.SILENCE]


def window(service: Service):
    return service.client(officer="zg-park-chen")


def platform(service: Service):
    return service.client(system="ywtb")


async def told(service: Service, no: str) -> list[str]:
    return [one.type for one in await service.told() if one.subject == no]


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("action", ROUTED)
async def test_each_verb_in_each_status_over_http(shared: Service, action, status):
    no = await reach(shared, status.value)
    who = platform(shared) if action in (Action.CORRECT, Action.WITHDRAW) else window(shared)
    before = await told(shared, no)
    answer = await act(who, no, action.value, BODIES[action.value])
    if status in ALLOWED[action]:
        assert answer.status_code == 200, answer.text
        assert len(await told(shared, no)) == len(before) + 1
        return
    body = answer.json()
    assert (answer.status_code, body["code"]) == (409, "not-allowed-now"), answer.text
    assert body["state"] == status.value
    assert action.value not in body["allowed"]
    assert await told(shared, no) == before


async def test_an_acceptance_tells_the_whole_filing_and_who(shared: Service):
    client = platform(shared)
    material = await a_material(client)
    no = await a_filing(client, materials=[{"id": material, "requirement": "m1"}])
    answer = await act(window(shared), no, "acceptance")
    assert answer.json()["status"] == "accepted"
    assert answer.headers["etag"] == '"2"'
    event = (await shared.told("intake.accepted.v1"))[-1]
    assert (event.subject, event.sequence) == (no, 2)
    assert event.data["by"]["id"] == "zg-park-chen"
    assert event.data["by"]["role"] == "window"
    assert not event.data["by_silence"]
    assert [one["id"] for one in event.data["filing"]["materials"]] == [material]
    assert event.data["filing"]["competence"]["seats"]["supervises"]
    assert event.data["filing"]["source_system"] == "ywtb"


async def test_an_approver_of_the_park_may_accept(shared: Service):
    no = await a_filing(platform(shared))
    answer = await act(shared.client(officer="zg-park-sun"), no, "acceptance")
    assert answer.status_code == 200
    assert (await shared.told("intake.accepted.v1"))[-1].data["by"]["role"] == "approver"


@pytest.mark.parametrize("verb", ["acceptance", "refusal", "correction-notice"])
async def test_who_sees_but_does_not_sit_there_is_403_and_others_404(shared: Service, verb):
    no = await a_filing(platform(shared))
    seeing = shared.client(officer="zg-xingzheng-shenpi-shao")
    assert (await act(seeing, no, verb, BODIES[verb])).json()["code"] == "not-your-seat"
    answer = await act(shared.client(officer=STRANGER), no, verb, BODIES[verb])
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await act(platform(shared), no, verb, BODIES[verb])).status_code == 403
    assert (await act(shared.client(officer="zg-park-zhao"), no, verb)).status_code == 403


async def test_a_number_that_is_not_there_is_404(shared: Service):
    for no in ("20270301000000991", "没有", "x' OR 1=1"):
        assert (await act(window(shared), no, "acceptance")).status_code == 404


async def test_the_window_of_a_forwarded_item_accepts_for_the_department(shared: Service):
    no = await a_filing(platform(shared), item="zg-w1")
    assert (await act(window(shared), no, "acceptance")).status_code == 200


async def test_a_named_paper_lets_others_sit_in_the_seat(intake: Service):
    """The park's people accept for the bureau, where a paper of the day says so."""
    given = next(
        one for one in zhanggong() if isinstance(one, catalog.Delegation) and one.item == "zg-04"
    )
    period = given.periods[0]
    seats = period.seats.model_copy(update={"accepts": "zg-xingzheng-shenpi"})
    paper = catalog.ActingPaper(
        org="zg-park",
        for_org="zg-xingzheng-shenpi",
        seats=("accepts",),
        paper="授权书1号",
        valid_from=period.valid_from,
        instant_only=False,
    )
    changed = period.model_copy(update={"seats": seats, "acting": (paper,)})
    await intake.learn_catalogue(
        published([given.model_copy(update={"periods": (changed,)})], publication="second")
    )
    no = await a_filing(platform(intake))
    assert (await act(window(intake), no, "acceptance")).status_code == 200
    by = (await intake.told("intake.accepted.v1"))[-1].data["by"]
    assert (by["org"], by["acting_for"], by["paper"]) == (
        "zg-park",
        "zg-xingzheng-shenpi",
        "授权书1号",
    )
    rows = await intake.execute(tables.paper.select().where(tables.paper.c.no == no))
    assert rows[0]["content"]["authority"] == "赣州市章贡区行政审批局"
    assert rows[0]["content"]["seals"][0]["id"] == "zg-xingzheng-shenpi-department"


async def test_a_power_that_has_gone_since_is_not_accepted_under(intake: Service):
    given = next(
        one for one in zhanggong() if isinstance(one, catalog.Delegation) and one.item == "zg-04"
    )
    no = await a_filing(platform(intake))
    gone = given.periods[0].model_copy(update={"valid_to": intake.clock.today().replace(day=1)})
    gone = gone.model_copy(update={"valid_to": gone.valid_from})
    await intake.learn_catalogue(
        published([given.model_copy(update={"periods": (gone,)})], publication="second")
    )
    answer = await act(window(intake), no, "acceptance")
    assert (answer.status_code, answer.json()["code"]) == (422, "outside-competence")
    assert "/refusal" in answer.json()["next_step"]
    refusal = {
        "reason": "not-our-power",
        "text": "赋权已收回",
        "right_authority": answer.json()["right_authority"]["id"],
    }
    assert (await act(window(intake), no, "refusal", refusal)).status_code == 200


async def test_a_refusal_names_its_ground_and_the_right_authority(shared: Service):
    no = await a_filing(platform(shared))
    body = {"reason": "not-our-power", "text": "属于省级权限", "right_authority": "zg-fagai"}
    assert (await act(window(shared), no, "refusal", body)).status_code == 200
    event = (await shared.told("intake.refused.v1"))[-1]
    assert event.data["reason"] == "not-our-power"
    assert event.data["reasons"] == ["属于省级权限"]
    assert event.data["right_authority"] == "zg-fagai"
    assert event.data["by"]["id"] == "zg-park-chen"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"reason": "not-corrected", "text": "缺"}, 409, None),
        ({"reason": "no-mood", "text": "缺"}, 422, "reason"),
        ({"reason": "not-needed"}, 422, "text"),
        (
            {"reason": "not-our-power", "text": "x", "right_authority": "nobody"},
            422,
            "right_authority",
        ),
    ],
)
async def test_a_refusal_without_its_grounds_is_refused(shared: Service, body, status, field):
    no = await a_filing(platform(shared))
    answer = await act(window(shared), no, "refusal", body)
    assert answer.status_code == status, answer.text
    assert field is None or answer.json()["errors"][0]["field"] == field


async def test_the_notice_names_everything_once(shared: Service):
    client, no = platform(shared), await a_filing(platform(shared))
    missing = [{"requirement": "m2", "text": "项目建议书"}, {"text": "盖章页"}]
    answer = await act(window(shared), no, "correction-notice", {"missing": missing})
    assert answer.json()["status"] == "correction-asked"
    event = (await shared.told("intake.correction-asked.v1"))[-1]
    assert [one["text"] for one in event.data["missing"]] == ["项目建议书", "盖章页"]
    assert event.data["notice_no"].startswith("章高新补〔2027〕")
    shown = (await client.get(f"/api/v1/filings/{no}")).json()
    assert [one["requirement"] for one in shown["correction"]] == ["m2", None]

    second = await act(window(shared), no, "correction-notice", {"missing": missing})
    assert second.json()["rule"] == "second-notice"
    material = await a_material(client)
    corrected = await act(
        client, no, "corrections", {"materials": [{"id": material, "requirement": "m2"}]}
    )
    assert corrected.json()["status"] == "received"
    third = await act(window(shared), no, "correction-notice", {"missing": missing})
    assert (third.status_code, third.json()["rule"]) == (409, "second-notice")
    assert "correction-notice" not in third.json()["allowed"]
    refused = await act(window(shared), no, "refusal", {"reason": "not-corrected", "text": "仍缺"})
    assert refused.status_code == 200


@pytest.mark.parametrize(
    "missing", [[], [{"text": "  "}], [{"text": "x", "requirement": "m77"}], "缺章"]
)
async def test_a_notice_that_names_nothing_known_is_invalid(shared: Service, missing):
    no = await a_filing(platform(shared))
    answer = await act(window(shared), no, "correction-notice", {"missing": missing})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_correction_hands_in_materials_and_facts(shared: Service):
    client, no = platform(shared), await reach(shared, "correction-asked")
    material = await a_material(client)
    project = a_body()["project"] | {"name": "改名的项目"}
    body = {"materials": [{"id": material, "requirement": "m2"}], "project": project}
    answer = await act(client, no, "corrections", body)
    assert answer.status_code == 200, answer.text
    assert [one["requirement"] for one in answer.json()["missing_materials"]] == ["m1", "m3"]
    event = (await shared.told("intake.corrected.v1"))[-1]
    assert event.data["filing"]["project"]["name"] == "改名的项目"
    assert [one["id"] for one in event.data["filing"]["materials"]] == [material]
    async with shared.kit.reading() as connection:
        kept = await submissions.of_filing(connection, shared.kit.vault, no)
    assert len(kept) == 2


async def test_corrected_facts_that_lead_outside_are_refused_on_the_spot(shared: Service):
    client, no = platform(shared), await reach(shared, "correction-asked")
    project = a_body(project={"uses": ["commodity-housing"]})["project"]
    answer = await act(client, no, "corrections", {"project": project})
    assert (answer.status_code, answer.json()["code"]) == (422, "outside-competence")
    assert (await client.get(f"/api/v1/filings/{no}")).json()["status"] == "refused"
    assert (await told(shared, no))[-1] == "intake.refused.v1"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"materials": [{"id": "00000000-0000-7000-8000-000000000000"}]},
        {"project": {"name": "x", "uses": ["industrial"]}},
        {"project": {"name": "x", "uses": ["industrial"], "place": {"longitude": 1.0}}},
    ],
)
async def test_a_correction_with_faults_changes_nothing(shared: Service, body):
    client, no = platform(shared), await reach(shared, "correction-asked")
    answer = await act(client, no, "corrections", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert (await client.get(f"/api/v1/filings/{no}")).json()["status"] == "correction-asked"


@pytest.mark.parametrize("verb", ["corrections", "withdrawal"])
async def test_only_the_applicants_side_corrects_and_withdraws(shared: Service, verb):
    no = await reach(shared, "correction-asked")
    seen = await act(window(shared), no, verb, BODIES[verb])
    assert (seen.status_code, seen.json()["code"]) == (403, "not-your-seat")
    unseen = await act(shared.client(system="another"), no, verb, BODIES[verb])
    assert unseen.status_code == 404


async def test_what_a_window_filed_its_colleague_may_withdraw(shared: Service):
    no = await a_filing(window(shared), channel="window")
    colleague = shared.client(officer="zg-park-lin")
    assert (await act(colleague, no, "withdrawal", BODIES["withdrawal"])).status_code == 200
    assert (await shared.told("intake.withdrawn.v1"))[-1].data["reason"] == "项目调整"


async def test_after_acceptance_withdrawing_is_approvals(shared: Service):
    no = await reach(shared, "accepted")
    answer = await act(platform(shared), no, "withdrawal")
    assert answer.status_code == 409
    assert f"POST /api/v1/cases/{no}/withdrawal" in answer.json()["next_step"]


async def test_if_match_is_honoured(shared: Service):
    no = await a_filing(platform(shared))
    stale = await act(window(shared), no, "acceptance", **{"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    odd = await act(window(shared), no, "acceptance", **{"If-Match": "latest"})
    assert (odd.status_code, odd.json()["code"]) == (400, "malformed")
    etag = (await window(shared).get(f"/api/v1/filings/{no}")).headers["etag"]
    assert (await act(window(shared), no, "acceptance", **{"If-Match": etag})).status_code == 200


async def test_every_act_leaves_a_line_in_the_audit(shared: Service):
    no = await reach(shared, "accepted")
    audit = shared.kit.own.audit
    rows = await shared.execute(audit.select().where(audit.c.object == no).order_by(audit.c.id))
    assert [row["action"] for row in rows] == ["filing.receive", "filing.acceptance"]
    assert rows[1]["actor"] == "zg-park-chen"


async def test_without_a_seal_of_the_day_nothing_is_accepted(intake: Service):
    no = await a_filing(platform(intake))
    park = next(
        one for one in zhanggong() if isinstance(one, catalog.Organisation) and one.id == "zg-park"
    )
    retired = tuple(one.model_copy(update={"retired": True}) for one in park.seals)
    await intake.learn_catalogue(
        published([park.model_copy(update={"seals": retired})], publication="second")
    )
    answer = await act(window(intake), no, "acceptance")
    assert (answer.status_code, answer.json()["rule"]) == (409, "retired-seal")
    assert (await intake.told("intake.accepted.v1")) == []
