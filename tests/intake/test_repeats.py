"""Once and only once: keys, twins, races, and a commit that fails."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from services.intake.adapters import tables
from tests.intake.builders import a_body, a_filing, a_material, act, key, reach
from tests.support.service import Service


@pytest.fixture
def client(shared: Service):
    return shared.client(system="ywtb")


async def count(service: Service, no: str) -> int:
    return len([one for one in await service.told() if one.subject == no])


async def test_a_filing_needs_its_key(client):
    answer = await client.post("/api/v1/filings", json=a_body())
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


async def test_the_same_key_and_body_are_answered_alike(shared: Service, client):
    body, once = a_body(), key()
    first = await client.post("/api/v1/filings", json=body, headers=once)
    again = await client.post("/api/v1/filings", json=body, headers=once)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert await count(shared, first.json()["no"]) == 1


async def test_the_same_key_with_another_body_is_refused(client):
    once = key()
    await client.post("/api/v1/filings", json=a_body(), headers=once)
    other = await client.post("/api/v1/filings", json=a_body(), headers=once)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_key_belongs_to_its_caller(shared: Service, client):
    once, body = key(), a_body()
    first = await client.post("/api/v1/filings", json=body, headers=once)
    other = await shared.client(system="another").post("/api/v1/filings", json=body, headers=once)
    assert other.status_code == 201
    assert other.json()["no"] != first.json()["no"]


async def test_twins_of_one_key_make_one_filing(shared: Service, client):
    body, once = a_body(), key()
    answers = await asyncio.gather(
        *(client.post("/api/v1/filings", json=body, headers=once) for _ in range(6))
    )
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["no"] for one in answers}) == 1
    assert await count(shared, answers[0].json()["no"]) == 1


async def test_twins_of_one_source_number_make_one_filing(shared: Service, client):
    body = a_body()
    answers = await asyncio.gather(
        *(client.post("/api/v1/filings", json=body, headers=key()) for _ in range(6))
    )
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len({one.json()["no"] for one in answers}) == 1
    assert await count(shared, answers[0].json()["no"]) == 1


async def test_different_filings_under_one_source_number_leave_one(client):
    bodies = [a_body(source_case_no="race", project={"name": f"项目{n}"}) for n in range(4)]
    answers = await asyncio.gather(
        *(client.post("/api/v1/filings", json=body, headers=key()) for body in bodies)
    )
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]


async def test_one_material_goes_into_one_of_two_filings(client):
    material = await a_material(client)
    answers = await asyncio.gather(
        *(
            client.post("/api/v1/filings", json=a_body(materials=[{"id": material}]), headers=key())
            for _ in range(3)
        )
    )
    assert sorted(one.status_code for one in answers) == [201, 422, 422]


async def test_eight_who_accept_at_once_are_one_and_seven(shared: Service, client):
    no = await a_filing(client)
    officers = ["zg-park-chen", "zg-park-feng", "zg-park-sun", "zg-park-li"] * 2
    answers = await asyncio.gather(
        *(act(shared.client(officer=one), no, "acceptance") for one in officers)
    )
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    assert all(one.json()["code"] == "not-allowed-now" for one in answers if one.is_client_error)
    assert await count(shared, no) == 2


@pytest.mark.parametrize("round_", range(5))
async def test_of_acceptance_and_withdrawal_one_wins(shared: Service, client, round_):
    no = await a_filing(client)
    window = shared.client(officer="zg-park-chen")
    pair = [act(window, no, "acceptance"), act(client, no, "withdrawal")]
    answers = await asyncio.gather(*(pair if round_ % 2 else reversed(pair)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    won = next(one.json()["status"] for one in answers if one.status_code == 200)
    assert (await client.get(f"/api/v1/filings/{no}")).json()["status"] == won
    lost = next(one.json() for one in answers if one.status_code == 409)
    assert lost["state"] == won
    assert await count(shared, no) == 2


async def test_the_loser_with_if_match_is_told_so(shared: Service, client):
    no = await a_filing(client)
    window = shared.client(officer="zg-park-chen")
    answers = await asyncio.gather(
        *(act(window, no, "acceptance", **{"If-Match": '"1"'}) for _ in range(4))
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]


async def test_a_retried_acceptance_is_answered_from_its_key(shared: Service, client):
    no, once = await reach(shared, "received"), key()
    window = shared.client(officer="zg-park-chen")
    for _ in range(2):
        answer = await window.post(f"/api/v1/filings/{no}/acceptance", headers=once)
        assert answer.status_code == 200
    assert await count(shared, no) == 2


@pytest.mark.parametrize("table", ["filing", "outbox"])
async def test_a_commit_that_fails_is_never_answered_with_success(intake: Service, table):
    await refuse_commits(intake, table)
    client = intake.client(system="ywtb")
    body, once = a_body(), key()
    with capture_logs() as lines:
        answer = await client.post("/api/v1/filings", json=body, headers=once)
    assert answer.status_code >= 500
    assert "request failed" in [line["event"] for line in lines]
    assert await intake.execute(tables.filing.select()) == []
    assert await intake.told() == []
    await refuse_commits(intake, table, lift=True)
    assert (await client.post("/api/v1/filings", json=body, headers=once)).status_code == 201


async def refuse_commits(service: Service, table: str, *, lift: bool = False) -> None:
    """From now on every transaction that writes to the table fails when it commits."""
    lifting = [f"DROP TRIGGER refuse ON {table}", "DROP FUNCTION refuse()"]
    setting = [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$",
        f"CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON {table}"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
    ]
    engine = create_async_engine(service.settings.database_url("intake", owner=True))
    async with engine.begin() as connection:
        for statement in lifting if lift else setting:
            await connection.execute(text(statement))
    await engine.dispose()
