"""Loops that fall are started again; loops that are told to stop leave."""

import asyncio

from shenguan.supervising import Supervised


async def test_a_loop_that_falls_or_ends_is_started_again():
    runs: list[int] = []
    third = asyncio.Event()

    async def role() -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise ConnectionError("the database went away")
        if len(runs) == 3:
            third.set()
            await asyncio.Event().wait()

    workers = Supervised({"relay": role})
    workers.start()
    async with asyncio.timeout(10):
        await third.wait()
    await workers.stop(patience_s=1)
    assert runs == [0, 1, 2]


async def test_stopping_waits_for_what_a_loop_puts_in_order():
    begun, tidied = asyncio.Event(), asyncio.Event()

    async def role() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.set()

    workers = Supervised({"consumer": role})
    workers.start()
    await begun.wait()
    await workers.stop(patience_s=5)
    assert tidied.is_set()


async def test_a_loop_that_will_not_leave_is_left_behind():
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def role() -> None:
        begun.set()
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        raise asyncio.CancelledError

    workers = Supervised({"stubborn": role})
    workers.start()
    await begun.wait()
    async with asyncio.timeout(5):
        await workers.stop(patience_s=0.1)
    let_go.set()
