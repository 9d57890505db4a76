"""One case told over three services."""

import pytest

from contracts import registry
from gateway.sentences import SENTENCES, sentence
from tests.gateway.conftest import Opened
from tests.gateway.happenings import NO, happened

PATH = f"/api/v1/filings/{NO}/timeline"
SUN = {"id": "zg-park-sun", "name": "孙平", "org": "zg-park", "role": "approver"}


def tell(opened: Opened) -> None:
    filing = {"no": NO, "item_name": "取水许可", "applicant": {"name": "赣州某公司"}}
    opened.upstreams["intake"].events += [
        (1, happened("intake.received.v1", 0, filing=filing)),
        (2, happened("intake.accepted.v1", 5, sequence=2, filing=filing, by=SUN)),
    ]
    opened.upstreams["approval"].events += [
        (2, happened("approval.decided.v1", 9, sequence=3, outcome="granted", by=SUN)),
        (
            1,
            happened(
                "approval.reviewed.v1", 9, sequence=2, by=SUN, recommends="grant", opinion="可"
            ),
        ),
    ]
    opened.upstreams["supervision"].events.append(
        (
            1,
            happened(
                "supervision.pushed.v1",
                12,
                decision_no="章高新审〔2026〕1号",
                regulator="zg-shuili",
            ),
        )
    )


async def test_it_runs_in_order_of_time_then_sequence(opened: Opened) -> None:
    tell(opened)
    body = (await opened.client.get(PATH, headers=await opened.officer("zg-park-sun"))).json()
    assert [entry["type"] for entry in body["entries"]] == [
        "intake.received.v1",
        "intake.accepted.v1",
        "approval.reviewed.v1",
        "approval.decided.v1",
        "supervision.pushed.v1",
    ]
    assert body["incomplete"] == []
    assert body["entries"][0]["at"] == "2026-11-23T09:00:00.000+08:00"
    assert [entry["sentence"] for entry in body["entries"][1:4]] == [
        "孙平受理了申请",
        "孙平完成审查，建议准予：可",
        "孙平决定准予，待用印",
    ]


async def test_organisations_are_called_by_their_names(opened: Opened) -> None:
    tell(opened)
    opened.upstreams["catalog"].organisations["zg-shuili"] = "区水利局"
    headers = await opened.system()
    entry = (await opened.client.get(PATH, headers=headers)).json()["entries"][-1]
    assert entry["sentence"] == "审批结果（章高新审〔2026〕1号）推送至监管部门 区水利局"
    assert entry["data"]["regulator"] == "zg-shuili"


async def test_without_the_catalogue_their_ids_stand_there(opened: Opened) -> None:
    tell(opened)
    opened.upstreams["catalog"].failing = 503
    answer = await opened.client.get(PATH, headers=await opened.system())
    assert answer.json()["entries"][-1]["sentence"].endswith("zg-shuili")
    assert answer.json()["incomplete"] == []


@pytest.mark.parametrize("trouble", ["failing", "silent"])
async def test_a_part_that_does_not_answer_is_named(opened: Opened, trouble: str) -> None:
    tell(opened)
    if trouble == "silent":
        opened.upstreams["supervision"].silent = True
    else:
        opened.upstreams["supervision"].failing = 500
    answer = await opened.client.get(PATH, headers=await opened.system())
    assert answer.status_code == 200
    assert answer.json()["incomplete"] == ["supervision"]
    assert len(answer.json()["entries"]) == 4


async def test_unknown_everywhere_is_not_found(opened: Opened) -> None:
    answer = await opened.client.get(PATH, headers=await opened.system())
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_unknown_while_a_part_is_dead_is_not_called_unknown(opened: Opened) -> None:
    opened.upstreams["intake"].failing = 503
    answer = await opened.client.get(PATH, headers=await opened.system())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_a_number_of_no_form_asks_nobody(opened: Opened) -> None:
    answer = await opened.client.get("/api/v1/filings/x/timeline", headers=await opened.system())
    assert answer.status_code == 404
    assert not opened.upstreams["intake"].seen


def test_every_event_of_a_case_has_a_sentence() -> None:
    told = {type_ for type_ in registry.BY_TYPE if not type_.startswith("catalog.")}
    assert told == set(SENTENCES)


def test_a_type_of_tomorrow_still_stands_in_the_timeline() -> None:
    assert sentence("approval.sung.v1", {}) == "发生了 approval.sung.v1"
    assert sentence("approval.decided.v1", {"outcome": "perhaps"}) == "发生了 approval.decided.v1"
