"""What lies in the databases of a system, counted past every API."""

from tests.support.eventually import eventually
from tests.support.system import System

TELLING = ("catalog", "intake", "approval", "supervision")
"""Parts that write events."""


async def at_rest(system: System) -> None:
    """Everything that was written was told, and heard by whom it concerns."""

    async def waiting() -> list[int]:
        return [
            *[await system.value(name, "SELECT count(*) FROM outbox") for name in TELLING],
            *[
                await system.value(name, "SELECT count(*) FROM paper WHERE file_id IS NULL")
                for name in ("intake", "approval")
            ],
        ]

    await eventually(waiting, lambda seen: not any(seen), within=30, every=0.2)


async def totals(system: System) -> dict[str, int]:
    """How many rows there are of everything that could have been made twice."""
    asked = {
        "intake": ("filing", "material", "paper", "event"),
        "approval": ('"case"', "decision", "step", "paper", "feedback", "desk", "event"),
        "supervision": ("push", "inspection", "feedback", "acknowledgement", "event"),
        "catalog": ("event",),
    }
    return {
        f"{name}.{table}": await system.value(name, f"SELECT count(*) FROM {table}")
        for name, tables in asked.items()
        for table in tables
    }
