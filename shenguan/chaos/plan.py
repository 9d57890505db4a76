"""What is hurt when: drawn from a seed, so that a rehearsal can be repeated."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

KILLS_PER_SECOND = 1.2
DATABASE_CRASH_EVERY_S = 20.0
BROKER_CRASH_EVERY_S = 25.0
REWIND_EVERY_S = 10.0
CONTROL_BLOW_EVERY_S = 3.0
REWOUND = ("approval", "supervision", "intake")
DOWN_AT_MOST_S = 0.8


@dataclass(frozen=True, slots=True, order=True)
class Blow:
    """`at` seconds from the beginning; the process stays down for `down` seconds."""

    at: float
    what: Literal["kill", "database", "broker", "rewind"]
    name: str = ""
    down: float = 0.0


def control_blows(seconds: float, seed: int, processes: Sequence[str]) -> list[Blow]:
    """For a control: it has to fail by the defence it lacks, soon, and not by anything else."""
    chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    times = _spread(seconds, CONTROL_BLOW_EVERY_S, chance)
    kills = [Blow(at, "kill", chance.choice(processes)) for at in times]
    rewinds = [
        Blow(at, "rewind", REWOUND[number % 2])
        for number, at in enumerate(_spread(seconds, CONTROL_BLOW_EVERY_S, chance))
    ]
    return sorted(kills + rewinds)


def blows(seconds: float, seed: int, processes: Sequence[str], *, broker: bool) -> list[Blow]:
    """In the order of time. Every process is killed once before any is killed twice."""
    chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    made = [
        Blow(at, "kill", name, chance.uniform(0, DOWN_AT_MOST_S))
        for at, name in _kills(seconds, chance, list(processes))
    ]
    made += [Blow(at, "database") for at in _spread(seconds, DATABASE_CRASH_EVERY_S, chance)]
    if broker:
        made += [Blow(at, "broker") for at in _spread(seconds, BROKER_CRASH_EVERY_S, chance)]
    rewinds = _spread(seconds, REWIND_EVERY_S, chance)
    made += [
        Blow(at, "rewind", REWOUND[number % len(REWOUND)]) for number, at in enumerate(rewinds)
    ]
    return sorted(made)


def _kills(seconds: float, chance: random.Random, processes: list[str]) -> list[tuple[float, str]]:
    times = _spread(seconds, 1 / KILLS_PER_SECOND, chance)
    names: list[str] = []
    while len(names) < len(times):
        names += chance.sample(processes, len(processes))
    return list(zip(times, names, strict=False))


def _spread(seconds: float, every: float, chance: random.Random) -> list[float]:
    """One moment in each stretch of `every` seconds; at least one in all."""
    count = max(1, int(seconds / every))
    stretch = seconds / count
    return [stretch * (number + chance.uniform(0.05, 0.95)) for number in range(count)]
