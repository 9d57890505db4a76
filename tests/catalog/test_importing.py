"""Handing in a list over REST: dry run, report, publication, events; all or nothing."""

import asyncio
import base64
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from services.catalog.adapters.tables import kit, list_import
from services.catalog.usecases.profiles import load_profile
from tests.catalog import lists
from tests.catalog.conftest import NOON
from tests.support.catalogue import FOLDER
from tests.support.service import Service

EDITOR = "zg-xingzheng-shenpi-huang"
PUBLISHER = "zg-xingzheng-shenpi-mu"
SCOPE = json.loads((FOLDER / "scope.json").read_bytes())


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def handed_in(
    service: Service, content: bytes, *, officer: str = EDITOR, **companions: Any
) -> httpx.Response:
    files = {"file": ("附件1.xlsx", content)} | {
        name: (f"{name}.json", json.dumps(value).encode()) for name, value in companions.items()
    }
    return await service.client(officer=officer).post("/api/v1/imports", files=files, headers=key())


async def published(
    service: Service, import_id: str, *, officer: str = PUBLISHER, **headers: str
) -> httpx.Response:
    return await service.client(officer=officer).post(
        f"/api/v1/imports/{import_id}/publication", headers=key() | headers
    )


def renamed() -> bytes:
    return lists.as_xlsx(lists.changed("市政设施建设类审批", 3, "市政设施建设类审批（修订）"))


def reports(body: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [
        (row["row"], fault["column"], fault["code"])
        for row in body["report"]["rows"]
        for fault in row["faults"]
    ]


async def test_the_first_start_tells_every_object_once_under_two_publications(
    own_catalog: Service,
) -> None:
    told = await own_catalog.told()
    kinds = [one.type for one in told]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "catalog.organisation.v1": 12,
        "catalog.calendar.v1": 1,
        "catalog.guide.v1": 33,
        "catalog.item.v1": 33,
        "catalog.delegation.v1": 33,
    }
    counts = {one.data["publication"]["id"]: one.data["publication"]["count"] for one in told}
    assert sorted(counts.values()) == [46, 66]
    assert {one.subject for one in told} == {
        f"{one.type.split('.')[1]}:{one.data['id']}" for one in told
    }
    assert all(one.aggregate == one.subject and one.sequence == 1 for one in told)
    assert all(one.tenant == "zhanggong" for one in told)


async def test_a_second_start_changes_nothing_and_tells_nothing(own_catalog: Service) -> None:
    before = len(await own_catalog.told())
    async with own_catalog.kit.engine.begin() as connection:
        assert await load_profile(own_catalog.kit, connection, FOLDER, at=NOON) == ()
    assert len(await own_catalog.told()) == before


async def test_the_same_list_as_a_spreadsheet_is_loadable_and_changes_nothing(
    own_catalog: Service,
) -> None:
    before = len(await own_catalog.told())
    one = (await handed_in(own_catalog, lists.as_xlsx(lists.rows()))).json()
    assert (one["state"], one["report"]["loadable"]) == ("ready", True)
    assert one["report"]["changes"] == []
    done = await published(own_catalog, one["id"])
    assert done.status_code == 200
    assert done.json()["publication"]["count"] == 0
    assert len(await own_catalog.told()) == before


async def test_a_dry_run_stores_the_report_and_leaves_the_catalogue_alone(
    own_catalog: Service,
) -> None:
    response = await handed_in(own_catalog, renamed())
    assert response.status_code == 201
    body = response.json()
    changes = body["report"]["changes"]
    assert changes == [{"key": "item:zg-18", "change": "changed"}]
    reader = own_catalog.client(officer=EDITOR)
    again = await reader.get(response.headers["Location"])
    assert again.json() == body
    assert (await reader.get("/api/v1/items/zg-18")).json()["name"] == "市政设施建设类审批"


async def test_publication_tells_only_what_changed_with_its_next_version(
    own_catalog: Service,
) -> None:
    before = len(await own_catalog.told())
    one = (await handed_in(own_catalog, renamed())).json()
    done = await published(own_catalog, one["id"], **{"If-Match": '"1"'})
    assert done.json()["publication"]["keys"] == ["item:zg-18"]
    (event,) = (await own_catalog.told())[before:]
    assert (event.type, event.sequence) == ("catalog.item.v1", 2)
    assert event.data["publication"] == {"id": done.json()["publication"]["id"], "count": 1}
    item = await own_catalog.client().get("/api/v1/items/zg-18")
    assert item.json()["name"] == "市政设施建设类审批（修订）"
    assert item.headers["ETag"] == '"2"'


async def test_a_restart_keeps_what_editors_published(own_catalog: Service) -> None:
    one = (await handed_in(own_catalog, renamed())).json()
    await published(own_catalog, one["id"])
    async with own_catalog.kit.engine.begin() as connection:
        assert await load_profile(own_catalog.kit, connection, FOLDER, at=NOON) == ()
    item = await own_catalog.client().get("/api/v1/items/zg-18")
    assert item.json()["name"] == "市政设施建设类审批（修订）"


async def test_an_import_is_published_once(own_catalog: Service) -> None:
    one = (await handed_in(own_catalog, renamed())).json()
    assert (await published(own_catalog, one["id"])).status_code == 200
    again = await published(own_catalog, one["id"])
    assert (again.status_code, again.json()["code"]) == (409, "not-allowed-now")
    stale = await published(own_catalog, one["id"], **{"If-Match": '"1"'})
    assert stale.status_code == 412


async def test_eight_publishers_at_once_publish_once(own_catalog: Service) -> None:
    before = len(await own_catalog.told())
    one = (await handed_in(own_catalog, renamed())).json()
    answers = await asyncio.gather(*(published(own_catalog, one["id"]) for _ in range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 412}
    assert len(await own_catalog.told()) == before + 1


async def test_one_bad_cell_loads_nothing_and_names_row_and_column(own_catalog: Service) -> None:
    before = len(await own_catalog.told())
    table = lists.changed("城镇污水排入排水管网许可", 1, "区不存在局")
    table[lists.line_of("市政设施建设类审批") - 1][3] = "市政设施建设类审批（修订）"
    one = (await handed_in(own_catalog, lists.as_xlsx(table))).json()
    row = lists.line_of("城镇污水排入排水管网许可")
    assert one["state"] == "refused"
    assert reports(one) == [(row, "区级主管部门", "unknown-organisation")]
    refused = await published(own_catalog, one["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not-allowed-now")
    assert refused.json()["errors"][0]["field"] == f"{row}:区级主管部门"
    assert len(await own_catalog.told()) == before


async def test_a_clause_without_a_rule_is_refused(own_catalog: Service) -> None:
    scope = json.loads(json.dumps(SCOPE))
    scope["rows"]["15"]["all"] = scope["rows"]["15"]["all"][:1]
    one = (await handed_in(own_catalog, lists.TSV, scope=scope)).json()
    row = lists.line_of("城市建筑垃圾处置核准")
    assert reports(one) == [(row, "实施范围", "clause-without-rule")]
    assert (await published(own_catalog, one["id"])).status_code == 409


async def test_rules_published_with_a_list_are_the_places_from_then_on(
    own_catalog: Service,
) -> None:
    scope = json.loads(json.dumps(SCOPE))
    scope["rows"]["21"]["discriminator"]["text"] = "非技改项目"
    one = (await handed_in(own_catalog, lists.TSV, scope=scope)).json()
    assert (await published(own_catalog, one["id"])).status_code == 200
    next_one = (await handed_in(own_catalog, lists.TSV)).json()
    assert next_one["report"]["changes"] == []
    item = (await own_catalog.client().get("/api/v1/items/zg-21")).json()
    assert item["discriminator"] == "非技改项目"


async def test_a_list_may_come_as_json(own_catalog: Service) -> None:
    body = {"file_name": "附件1.csv", "content_base64": base64.b64encode(lists.TSV).decode()}
    response = await own_catalog.client(officer=EDITOR).post(
        "/api/v1/imports", json=body, headers=key()
    )
    assert (response.status_code, response.json()["state"]) == (201, "ready")


async def test_the_same_key_imports_once(own_catalog: Service) -> None:
    body = {"file_name": "附件1.csv", "content_base64": base64.b64encode(lists.TSV).decode()}
    headers = key()
    client = own_catalog.client(officer=EDITOR)
    first, second = [
        await client.post("/api/v1/imports", json=body, headers=headers) for _ in range(2)
    ]
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("content", "companions", "status", "code"),
    [
        (b"PK\x03\x04 broken", {}, 415, "unsupported-media-type"),
        (lists.TSV, {"scope": {"rows": []}}, 422, "invalid"),
        (lists.TSV, {"papers": {"agreements": [{"mode": "direct"}]}}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_read_is_a_problem_and_stores_nothing(
    own_catalog: Service, content: bytes, companions: dict[str, Any], status: int, code: str
) -> None:
    response = await handed_in(own_catalog, content, **companions)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert len(await own_catalog.execute(list_import.select())) == 1


@pytest.mark.parametrize("officer", ["zg-park-chen", "zg-gongxin-jian"])
async def test_only_editors_and_publishers_hand_in(catalog: Service, officer: str) -> None:
    response = await handed_in(catalog, lists.TSV, officer=officer)
    assert (response.status_code, response.json()["code"]) == (403, "not-your-seat")


async def test_an_editor_does_not_publish(own_catalog: Service) -> None:
    one = (await handed_in(own_catalog, renamed())).json()
    assert (await published(own_catalog, one["id"], officer=EDITOR)).status_code == 403


async def test_a_role_the_catalogue_does_not_give_is_worth_nothing(catalog: Service) -> None:
    client = catalog.client(officer="zg-park-chen", roles=["publisher", "window"])
    response = await client.post(f"/api/v1/imports/{uuid4()}/publication", headers=key())
    assert response.status_code == 403


async def test_imports_and_publications_stand_in_the_audit(own_catalog: Service) -> None:
    one = (await handed_in(own_catalog, renamed())).json()
    await published(own_catalog, one["id"])
    lines = await own_catalog.execute(
        kit.audit.select().where(kit.audit.c.object == f"import:{one['id']}").order_by("id")
    )
    assert [(line["action"], line["actor"]) for line in lines] == [
        ("catalog.import", EDITOR),
        ("catalog.publish", PUBLISHER),
    ]


async def test_the_relay_finds_every_event_below_the_brokers_limit(own_catalog: Service) -> None:
    (row,) = await own_catalog.execute(text("SELECT max(octet_length(body)) AS size FROM outbox"))
    assert row["size"] < 200_000
