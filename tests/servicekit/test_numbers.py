import asyncio

from servicekit import numbers


async def test_numbers_of_a_series_rise_and_never_come_twice(part):
    async def draw():
        async with part.kit.engine.begin() as connection:
            return await numbers.draw(connection, "decision:zg-park:2026")

    drawn = await asyncio.gather(*(draw() for _ in range(20)))
    assert sorted(drawn) == list(range(1, 21))


async def test_another_year_begins_anew(part):
    async with part.kit.engine.begin() as connection:
        assert await numbers.draw(connection, "decision:zg-park:2026") == 1
        assert await numbers.draw(connection, "decision:zg-park:2027") == 1


async def test_a_rolled_back_number_leaves_a_gap(part):
    async with part.kit.engine.begin() as connection:
        await numbers.draw(connection, "s")
    async with part.kit.engine.connect() as connection:
        assert await numbers.draw(connection, "s") == 2
        await connection.rollback()
    async with part.kit.engine.begin() as connection:
        assert await numbers.draw(connection, "s") == 3
