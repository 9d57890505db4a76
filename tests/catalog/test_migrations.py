"""The catalogue's schema: up, down, up again, no drift; before the profile it is closed."""

from servicekit import migrations
from tests.support.postgres import PostgresServer
from tests.support.service import open_service


async def test_migrations_go_up_and_down_and_match_the_tables(
    postgres_server: PostgresServer,
) -> None:
    urls = await postgres_server.fresh_database("catalog")
    await migrations.upgrade("catalog", urls.owner, app_url=urls.app)
    await migrations.check("catalog", urls.owner)
    await migrations.downgrade("catalog", urls.owner)
    assert await migrations.current("catalog", urls.owner) is None
    await migrations.upgrade("catalog", urls.owner)
    assert await migrations.current("catalog", urls.owner) == migrations.head("catalog")
    await postgres_server.drop(urls)


async def test_an_empty_catalogue_judges_nothing(postgres_server: PostgresServer) -> None:
    async with open_service("catalog", postgres_server) as service:
        response = await service.client(system="ywtb").post(
            "/api/v1/competence", json={"item": "zg-14", "park": "zg-park"}
        )
        assert (response.status_code, response.json()["code"]) == (503, "catching-up")
        assert response.headers["Retry-After"]
