"""An event that cannot be taken is set aside with its case alone, and a person mends it with
`shenguan dead-letters`. On both transports, with the real command line.
"""

import asyncio
from datetime import UTC, datetime

from eventlog.envelope import Envelope, new_id
from eventlog.transport import Message
from servicekit import transports
from shenguan.rehearse.report import Row
from tests.journeys.people import Journey, People
from tests.support.eventually import eventually
from tests.support.system import System

ITEM, ANOTHER = "zg-01", "zg-29"
TOPIC = "approval.v1"
PUSHED = "SELECT count(*) FROM push WHERE no = $1"
WAITING = "SELECT convert_from(body, 'UTF8')::json ->> 'type' AS type FROM parked"
BROKEN = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no room for this case'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON push FOR EACH ROW WHEN (NEW.no = '{no}')
EXECUTE FUNCTION refuse();
"""
MENDED = "DROP FUNCTION refuse CASCADE"


async def test_bad_data_holds_its_case_until_a_person_drops_it(zhanggong: System, people: People):
    journey, no = await accepted(zhanggong, people)
    poison = bad_paper(no)
    await publish(zhanggong, poison)
    await held(zhanggong, no)
    case = await journey.issued(no)
    await waiting(zhanggong, no, behind=2)
    assert (await another(zhanggong, people)).failed is None
    assert await zhanggong.value("supervision", PUSHED, no) == 0

    listed = await command(zhanggong, "list", "supervision")
    (line,) = [one for one in listed.splitlines() if no in one]
    assert line.split("\t")[:3] == [TOPIC, no, "须处理"]
    shown = (await command(zhanggong, "show", "supervision", TOPIC, no)).splitlines()
    assert shown[0].startswith(f"{poison.id}\tRefused: ")
    assert "paper: Field required" in shown[0]
    assert "approval.document-ready.v1" in shown[1]
    assert sum(one.endswith("排在后面") for one in shown) >= 2
    again = await asyncio.to_thread(
        zhanggong.command, "dead-letters", "resend", "supervision", TOPIC, no
    )
    assert again.returncode == 1, again.stderr
    assert await zhanggong.value("supervision", PUSHED, no) == 0

    dropped = ("--reason", "内容残缺，对方已另发", "--name", "萧衡")
    await command(zhanggong, "drop", "supervision", str(poison.id), *dropped)
    await command(zhanggong, "resend", "supervision", TOPIC, no)
    await complete(zhanggong, journey, case)
    (gone,) = await zhanggong.rows(
        "supervision", "SELECT dropped_by, dropped_because FROM parked WHERE key = $1", no
    )
    assert gone == {"dropped_by": "萧衡", "dropped_because": "内容残缺，对方已另发"}


async def test_what_failed_is_sent_again_in_order_once_its_cause_is_mended(
    zhanggong: System, people: People
):
    journey, no = await accepted(zhanggong, people)
    await zhanggong.do("supervision", BROKEN.format(no=no))
    try:
        case = await journey.issued(no)
        await held(zhanggong, no)
        await waiting(zhanggong, no, behind=1)
        assert (await another(zhanggong, people)).failed is None
    finally:
        await zhanggong.do("supervision", MENDED)
    types = [
        one["type"]
        for one in await zhanggong.rows(
            "supervision", f"{WAITING} WHERE key = $1 ORDER BY number", no
        )
    ]
    assert types == ["approval.issued.v1", "approval.document-ready.v1"]
    assert "no room for this case" in await command(zhanggong, "list", "supervision")
    said = await command(zhanggong, "resend", "supervision", TOPIC, no)
    assert "已生效 2 条，还剩 0 条" in said
    await complete(zhanggong, journey, case)


async def accepted(system: System, people: People) -> tuple[Journey, str]:
    journey = await people.journey(ITEM, f"POISON-{system.number('poison')}")
    filing = await journey.filed()
    await journey.accepted(filing)
    no = str(filing["no"])
    await eventually(
        lambda: system.rows("supervision", "SELECT no FROM case_side WHERE no = $1", no), bool
    )
    return journey, no


async def another(system: System, people: People) -> Row:
    """A second case through the whole loop meanwhile."""
    return await (await people.journey(ANOTHER, f"POISON-{system.number('poison')}")).run()


def bad_paper(no: str) -> Envelope:
    """As approval would tell of a paper, with nothing of a paper in it."""
    return Envelope(
        id=new_id(),
        source="/shenguan/local/approval",
        type="approval.document-ready.v1",
        subject=no,
        time=datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC),
        dataschema="/contracts/events/approval.document-ready.v1.json",
        aggregate="document",
        sequence=1,
        tenant="zhanggong",
        data={"no": no, "document": "没有内容"},
        rehearsal=True,
    )


async def publish(system: System, event: Envelope) -> None:
    """Straight onto the system's own log, past any service."""
    producer = transports.producer(system.settings, "poison")
    try:
        done = await producer.publish([Message(TOPIC, event.subject, event.to_bytes())])
    finally:
        await producer.stop()
    assert done.confirmed == 1, done.error


async def held(system: System, no: str) -> None:
    await eventually(
        lambda: system.rows("supervision", "SELECT reason FROM hold WHERE key = $1", no), bool
    )


async def waiting(system: System, no: str, *, behind: int) -> None:
    """So many events are parked behind the one that failed."""
    await eventually(
        lambda: system.rows("supervision", f"{WAITING} WHERE key = $1", no),
        lambda seen: len(seen) == behind + 1,
    )


async def complete(system: System, journey: Journey, case: dict) -> None:
    """The case goes on to its end, with one push."""
    for regulator in case["seats"]["supervises"]:
        await journey.supervised(case, regulator)
    await journey.acknowledged(case)
    assert await system.value("supervision", PUSHED, case["no"]) == 1
    held_still = await system.rows(
        "supervision", "SELECT reason FROM hold WHERE key = $1", case["no"]
    )
    assert held_still == []


async def command(system: System, *arguments: str) -> str:
    """`shenguan dead-letters …`, which succeeds."""
    done = await asyncio.to_thread(system.command, "dead-letters", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout
