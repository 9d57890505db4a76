"""What was promised against what is there: the invariants I1 to I7, each with its count.

Asked of the databases themselves, after everything has settled.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shenguan.chaos.callers import Done, Journal
from shenguan.chaos.stand import Stand

WRITERS = ("catalog", "intake", "approval", "supervision")
EXAMPLES = 5

_WAITING = """
SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM hold) AS hold,
       (SELECT count(*) FROM parked) AS parked,
       (SELECT count(*) FROM request_key WHERE status IS NULL) AS unfinished
"""
EVENTS = """
SELECT position, event_id::text AS id, key, e ->> 'type' AS type, e ->> 'aggregate' AS aggregate,
       (e ->> 'sequence')::int AS sequence, e #>> '{data,decision_version}' AS version,
       concat_ws(' ', e #>> '{data,feedback}', e #>> '{data,desk}', e #>> '{data,document}',
                 e #>> '{data,paper,id}') AS part
FROM event, LATERAL (SELECT convert_from(body, 'UTF8')::jsonb AS e) AS read
WHERE topic <> 'catalog.v1' ORDER BY position
"""
_AUDIT = "SELECT action, object, actor, count(*) FROM audit WHERE outcome = 'done' GROUP BY 1, 2, 3"
_AUDITED = {
    "claim": "push.claim",
    "inspections": "push.inspect",
    "feedback": "push.feedback",
    "acknowledgement": "feedback.acknowledged",
}


@dataclass
class Found:
    """Numbers by invariant, with a few examples of what is wrong."""

    lost: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    out_of_order: Counter[str] = field(default_factory=Counter)
    stuck: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def note(self, kind: str, what: str, objects: Iterable[object]) -> None:
        """`kind` is one of the counters' names."""
        listed = [str(one) for one in objects]
        if listed:
            getattr(self, kind)[what] += len(listed)
            self.examples += [f"{kind} · {what}: {one}" for one in listed[:EXAMPLES]]

    def compare(self, what: str, wanted: Iterable[Any], there: Mapping[Any, int]) -> None:
        """Each of `wanted` exactly once among `there`, and nothing there twice."""
        self.note("lost", what, [one for one in set(wanted) if not there.get(one)])
        extra = [one for one, count in there.items() for _ in range(count - 1)]
        self.note("doubled", what, extra)


async def waiting(stand: Stand) -> Counter[str]:
    """I7: what has not come to its end, by database and kind."""
    left: Counter[str] = Counter()
    for name in WRITERS:
        async with stand.database(name) as connection:
            row = await connection.fetchrow(_WAITING)
        left.update({f"{name} {kind}": count for kind, count in dict(row).items() if count})
    return left


async def unrendered(stand: Stand) -> int:
    """Papers that wait for their file; slow, and nothing waits for them."""
    async with stand.database("approval") as connection:
        waiting: int = await connection.fetchval("SELECT count(*) FROM paper WHERE file_id IS NULL")
    return waiting


async def unheard(stand: Stand) -> Counter[str]:
    """Facts of one service that another has not taken up, as differences of sums."""
    async with stand.database("approval") as connection:
        approval = await connection.fetchrow(
            'SELECT (SELECT count(*) FROM "case") AS cases,'
            ' (SELECT coalesce(sum(cardinality(regulators)), 0) FROM "case"'
            "  WHERE status = 'issued') AS pushes,"
            " (SELECT count(*) FROM \"case\" WHERE status IN ('issued', 'denied')) AS closed,"
            " (SELECT count(*) FROM feedback) AS feedback,"
            " (SELECT count(*) FROM desk WHERE state <> 'open') AS read"
        )
    async with stand.database("intake") as connection:
        intake = await connection.fetchrow(
            "SELECT count(*) AS cases,"
            " count(*) FILTER (WHERE case_status IN ('issued', 'denied')) AS closed FROM filing"
        )
    async with stand.database("supervision") as connection:
        supervision = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM push) AS pushes,"
            " (SELECT count(*) FROM feedback) AS feedback,"
            " (SELECT count(*) FROM acknowledgement) AS read"
        )
    pairs = {
        "cases to open": (intake["cases"], approval["cases"]),
        "ends to mirror": (approval["closed"], intake["closed"]),
        "pushes to make": (approval["pushes"], supervision["pushes"]),
        "feedback to hear": (supervision["feedback"], approval["feedback"]),
        "readings to hear": (approval["read"], supervision["read"]),
    }
    return Counter(
        {what: abs(told - heard) for what, (told, heard) in pairs.items() if told != heard}
    )


async def count(stand: Stand, journal: Journal, inverted_in_log: list[str]) -> Found:
    """Everything at the end; `inverted_in_log` as `log.read` found it."""
    found = Found()
    events = {}
    for name in WRITERS:
        async with stand.database(name) as connection:
            events[name] = [dict(row) for row in await connection.fetch(EVENTS)]
    _events(found, events)
    found.note("out_of_order", "I5 log", inverted_in_log)
    await _decisions(found, stand, journal, events["approval"])
    await _pushes(found, stand, journal)
    await _feedback(found, stand, journal)
    await _audit(found, stand, journal)
    for what, left in {**await waiting(stand), **await unheard(stand)}.items():
        found.stuck[f"I7 {what}"] += left
    found.note("stuck", "I7 unanswered", journal.unanswered)
    return found


def inversions(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Versions of one aggregate that came after a later one; a repeated event counts once."""
    newest: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    wrong = []
    for one in events:
        if one["id"] in seen:
            continue
        seen.add(one["id"])
        aggregate = (one["key"], one["aggregate"])
        if one["sequence"] < newest.get(aggregate, 0):
            wrong.append(f"{one['key']} {one['type']} {one['sequence']}")
        newest[aggregate] = max(newest.get(aggregate, 0), one["sequence"])
    return wrong


def _events(found: Found, events: Mapping[str, list[dict[str, Any]]]) -> None:
    for name, told in events.items():
        by_id = Counter(one["id"] for one in told)
        found.note("doubled", "I2 archived twice", [one for one, n in by_id.items() if n > 1])
        facts = Counter(
            (one["type"], one["key"], one["aggregate"], one["sequence"], one["part"])
            for one in {one["id"]: one for one in told}.values()
        )
        again = [fact for fact, times in facts.items() for _ in range(times - 1)]
        found.note("doubled", f"I2 told twice by {name}", again)
        found.note("out_of_order", f"I5 archive of {name}", inversions(told))


async def _decisions(
    found: Found, stand: Stand, journal: Journal, told: list[dict[str, Any]]
) -> None:
    """I1 and I2."""
    async with stand.database("approval") as connection:
        decisions = await connection.fetch(
            "SELECT d.no, d.version, d.number, d.outcome, c.status, c.decision_version"
            ' FROM decision AS d JOIN "case" AS c USING (no)'
        )
        steps = await connection.fetch("SELECT no, step, count(*) FROM step GROUP BY 1, 2")
    numbers = Counter((row["no"], row["number"]) for row in decisions)
    acknowledged = [
        (one.on, one.said["decision"]["no"]) for one in journal.of("approval", "denial", "seal")
    ]
    found.compare("I1 decision", acknowledged, numbers)
    per_case = Counter(row["no"] for row in decisions)
    found.note("doubled", "I1 decisions of one case", [no for no, n in per_case.items() if n > 1])
    reused = Counter(row["number"] for row in decisions)
    found.note("doubled", "I1 decision number", [one for one, n in reused.items() if n > 1])
    reviews = Counter({row["no"]: row["count"] for row in steps if row["step"] == "review"})
    found.compare("I1 review", [one.on for one in journal.of("review")], reviews)
    kinds = {"approval.issued.v1": "issued", "approval.denied.v1": "denied"}
    events = Counter(
        (one["key"], kinds[one["type"]])
        for one in {one["id"]: one for one in told}.values()
        if one["type"] in kinds
    )
    ended = [(row["no"], row["status"]) for row in decisions if row["status"] in kinds.values()]
    found.compare("I2 event of a decision", ended, events)
    async with stand.database("intake") as connection:
        mirrored = dict(await connection.fetch("SELECT no, case_status FROM filing"))
    wrong = [no for no, status in ended if mirrored.get(no) != status]
    found.note("lost", "I2 end at intake", wrong)


async def _pushes(found: Found, stand: Stand, journal: Journal) -> None:
    """I3, and what was acknowledged about pushes."""
    async with stand.database("approval") as connection:
        wanted = await connection.fetch(
            "SELECT no, decision_version, unnest(regulators) FROM \"case\" WHERE status = 'issued'"
        )
    async with stand.database("supervision") as connection:
        pushes = await connection.fetch(
            "SELECT id::text, no, decision_version, pushed_to, claimed_by FROM push"
        )
        inspections = await connection.fetch(
            "SELECT push_id::text, count(*) FROM inspection GROUP BY 1"
        )
    there = Counter((row["no"], row["decision_version"], row["pushed_to"]) for row in pushes)
    found.compare("I3 push", [tuple(row) for row in wanted], there)
    claims = Counter({(row["id"], row["claimed_by"]) for row in pushes})
    found.compare("I1 claim", [(one.on, one.who) for one in journal.of("claim")], claims)
    made = Counter(dict(inspections))
    found.compare("I1 inspection", [one.on for one in journal.of("inspections")], made)


async def _feedback(found: Found, stand: Stand, journal: Journal) -> None:
    """I4: from the regulator to every desk, and back as read."""
    async with stand.database("supervision") as connection:
        given = await connection.fetch("SELECT id::text, push_id::text FROM feedback")
        heard = await connection.fetch("SELECT feedback_id::text, desk FROM acknowledgement")
    async with stand.database("approval") as connection:
        received = await connection.fetch("SELECT id, no, repeats FROM feedback")
        desks = await connection.fetch("SELECT feedback, org, state FROM desk")
        seats = await connection.fetch(
            "SELECT f.id, c.park, coalesce(c.seats ->> 'recorder', c.seats ->> 'decides')"
            ' FROM feedback AS f JOIN "case" AS c USING (no)'
        )
    answers = [str(one.said["id"]) for one in journal.of("feedback")]
    found.compare("I1 feedback", answers, Counter(row["id"] for row in given))
    per_push = Counter(row["push_id"] for row in given)
    found.note("doubled", "I1 feedback of one push", [one for one, n in per_push.items() if n > 1])
    there = Counter(row["id"] for row in received)
    found.compare("I4 feedback at the park", [row["id"] for row in given], there)
    repeated = [row["id"] for row in received for _ in range(row["repeats"])]
    found.note("doubled", "I4 feedback told again", repeated)
    wanted = {(id_, org) for id_, *orgs in (tuple(row) for row in seats) for org in orgs}
    entries = Counter((row["feedback"], row["org"]) for row in desks)
    found.compare("I4 desk", wanted, entries)
    read = [(row["feedback"], row["org"]) for row in desks if row["state"] != "open"]
    found.compare("I4 reading", read, Counter((row["feedback_id"], row["desk"]) for row in heard))
    acknowledged = {id_ for id_, _ in read}
    lost = [one.on for one in journal.of("acknowledgement") if one.on not in acknowledged]
    found.note("lost", "I1 reading", lost)


async def _audit(found: Found, stand: Stand, journal: Journal) -> None:
    """I6: one line for each acknowledged verb."""
    lines: Counter[tuple[str, str, str]] = Counter()
    for name in ("approval", "supervision"):
        async with stand.database(name) as connection:
            for action, object_, actor, times in await connection.fetch(_AUDIT):
                lines[action, object_, actor] = times
    wanted = [_line(one) for one in journal.done]
    found.compare("I6 audit", wanted, {line: lines[line] for line in wanted})


def _line(one: Done) -> tuple[str, str, str]:
    action = _AUDITED.get(one.verb, f"case.{one.verb}")
    on = f"push:{one.on}" if action.startswith("push.") else one.on
    return action, on, one.who
