"""Many at once, and a database that fails: one outcome, one event, no false success."""

import asyncio
from uuid import uuid4

import pytest

from tests.approval.builders import APPROVER, OTHER_APPROVER, REVIEWER, SYSTEM
from tests.approval.office import Office
from tests.support.postgres import PostgresServer

GROUNDS = {"grounds": "《条例》第九条"}


async def test_of_eight_approvers_at_once_one_decides(office: Office):
    no = await office.reviewed()
    before = len(await office.told(no))
    answers = await asyncio.gather(
        *(office.do((APPROVER, OTHER_APPROVER)[n % 2], no, "approval", GROUNDS) for n in range(8))
    )
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    refused = [one.json() for one in answers if one.status_code == 409]
    assert {one["code"] for one in refused} == {"not-allowed-now"}
    assert len(await office.told(no)) == before + 1


@pytest.mark.parametrize("turn", range(6))
async def test_of_a_withdrawal_and_a_decision_at_once_one_wins(office: Office, turn: int):
    no = await office.reviewed()
    verbs = [
        office.do(APPROVER, no, "approval", GROUNDS),
        office.do(SYSTEM, no, "withdrawal", {"reason": "项目取消"}),
    ]
    answers = await asyncio.gather(*(verbs if turn % 2 else reversed(verbs)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    last = (await office.types(no))[-1]
    status = (await office.read(APPROVER, no))["status"]
    assert (status, last) in {
        ("decided", "approval.decided.v1"),
        ("withdrawn", "approval.withdrawn.v1"),
    }
    assert len(await office.types(no)) == 3


async def test_the_applicants_side_withdraws_and_nobody_elses(office: Office):
    no = await office.opened()
    stranger = await office.do("other-system", no, "withdrawal", {})
    assert stranger.status_code == 404
    officer = await office.do(REVIEWER, no, "withdrawal", {})
    assert officer.status_code == 403
    after = await office.must(SYSTEM, no, "withdrawal", {"reason": "项目取消"})
    assert (after["status"], after["allowed"]) == ("withdrawn", [])
    at_window = await office.opened()
    await office.must("zg-park-chen", at_window, "withdrawal", {})
    helped = await office.opened(source="zg-park")
    await office.must("zg-park-lin", helped, "withdrawal", {})
    not_helped = await office.opened()
    assert (await office.do("zg-park-lin", not_helped, "withdrawal", {})).status_code == 403


async def test_after_the_decision_nothing_is_withdrawn(office: Office):
    no = await office.decided()
    answer = await office.do(SYSTEM, no, "withdrawal", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")


async def test_the_same_key_gives_the_same_answer_and_one_event(office: Office):
    no = await office.opened()
    key = {"Idempotency-Key": str(uuid4())}
    body = {"opinion": "可", "recommends": "grant"}
    first = await office.do(REVIEWER, no, "review", body, **key)
    again = await office.do(REVIEWER, no, "review", body, **key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await office.do(REVIEWER, no, "review", {**body, "opinion": "不可"}, **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert (await office.types(no)).count("approval.reviewed.v1") == 1


async def test_a_failing_commit_is_never_a_success(
    own_office: Office, postgres_server: PostgresServer
):
    office = own_office
    no = await office.reviewed()
    database = office.service.settings.database_url("approval").rpartition("/")[2]
    async with postgres_server.superuser(database) as connection:
        await connection.execute(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$;
            CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON outbox
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
            """
        )
    answer = await office.do(APPROVER, no, "approval", GROUNDS)
    assert answer.status_code == 503, answer.text
    assert (await office.read(APPROVER, no))["status"] == "awaiting-decision"
    async with postgres_server.superuser(database) as connection:
        await connection.execute("DROP TRIGGER refuse ON outbox")
    await office.must(APPROVER, no, "approval", GROUNDS)


async def test_a_decision_and_its_seal_take_three_statements_beside_the_key(
    own_office: Office, count_statements
):
    office = own_office
    no = await office.opened("zg-w3")
    await office.catalogue()
    body = {"grounds": "《条例》", "seal": "zg-xingzheng-shenpi-department"}
    with count_statements(office) as seen:
        await office.must("zg-park-chen", no, "approval", body)
    own = [one for one in seen if "request_key" not in one and "catalog_state" not in one]
    own = [one for one in own if "hold" not in one]
    assert len(own) == 3, own
    assert sum("FOR NO KEY UPDATE" in one for one in own) == 1
    assert sum("next_number" in one for one in own) == 1
    assert sum(one.startswith("WITH") for one in own) == 1
