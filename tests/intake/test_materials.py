"""Uploading and fetching: by content, never by name; by uploader, then by seat."""

import hashlib

import pytest

from tests.intake.builders import PDF, a_filing, a_material, key
from tests.support.service import Service

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


async def put(client, name: str, content: bytes, **headers: str):
    return await client.post(
        "/api/v1/materials", files={"file": (name, content)}, headers=key() | headers
    )


async def test_a_material_is_typed_by_its_bytes_and_hashed(shared: Service):
    answer = await put(shared.client(system="ywtb"), "营业执照.pdf", PNG)
    assert answer.status_code == 201
    assert answer.json()["media_type"] == "image/png"
    assert answer.json()["sha256"] == hashlib.sha256(PNG).hexdigest()


async def test_what_is_no_document_is_415_with_what_is_taken(shared: Service):
    answer = await put(shared.client(system="ywtb"), "看起来.pdf", b"<html>")
    assert answer.status_code == 415
    assert "pdf" in answer.json()["taken"]


async def test_json_is_not_an_upload(shared: Service):
    answer = await shared.client(system="ywtb").post("/api/v1/materials", json={}, headers=key())
    assert (answer.status_code, answer.json()["taken"]) == (415, ["multipart/form-data"])


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"file": ("空.pdf", b"")}, 422),
        ({"other": ("a.pdf", PDF)}, 422),
        ([("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))], 400),
    ],
)
async def test_an_upload_is_one_file_with_something_in_it(shared: Service, files, status):
    client = shared.client(system="ywtb")
    answer = await client.post("/api/v1/materials", files=files, headers=key())
    assert answer.status_code == status, answer.text


async def test_a_broken_multipart_is_malformed(shared: Service):
    answer = await shared.client(system="ywtb").post(
        "/api/v1/materials",
        content=b"--x\r\nnonsense",
        headers=key() | {"Content-Type": "multipart/form-data"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_a_material_above_the_limit_is_413(shared: Service):
    big = PDF + bytes(shared.settings.max_material_bytes + 20_000)
    answer = await put(shared.client(system="ywtb"), "大.pdf", big)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_material_may_be_larger_than_other_bodies(shared: Service):
    answer = await put(
        shared.client(system="ywtb"), "图.pdf", PDF + bytes(shared.settings.max_body_bytes * 2)
    )
    assert answer.status_code == 201


async def test_a_name_is_only_a_name(shared: Service):
    client = shared.client(system="ywtb")
    answer = await put(client, "..\\..\\etc/passwd\u202efdp.pdf", PDF)
    assert answer.json()["name"] == "passwdfdp.pdf"
    got = await client.get(answer.json()["links"]["self"])
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"


async def test_the_same_upload_again_is_the_same_material(shared: Service):
    client, once = shared.client(system="ywtb"), key()
    body = b"--b\r\nContent-Disposition: form-data; name=file; filename=a.pdf\r\n\r\n"
    body += PDF + b"\r\n--b--\r\n"
    once["Content-Type"] = "multipart/form-data; boundary=b"
    first = await client.post("/api/v1/materials", content=body, headers=once)
    again = await client.post("/api/v1/materials", content=body, headers=once)
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["idempotency-replayed"] == "true"


async def test_another_boundary_is_the_same_request_and_another_file_is_not(shared: Service):
    client, once = shared.client(system="ywtb"), key()
    first = await put(client, "a.pdf", PDF, **once)
    again = await put(client, "a.pdf", PDF, **once)
    assert first.json() == again.json()
    other = await put(client, "a.pdf", PDF + b"x", **once)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_an_upload_needs_its_key(shared: Service):
    answer = await shared.client(system="ywtb").post(
        "/api/v1/materials", files={"file": ("a.pdf", PDF)}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


async def test_it_is_stored_sealed(shared: Service):
    secret = PDF + "只此一份".encode()
    await a_material(shared.client(system="ywtb"), secret)
    chunks = await shared.execute(shared.kit.own.file_chunk.select())
    assert not any("只此一份".encode() in bytes(row["data"]) for row in chunks)


async def test_only_the_uploader_fetches_it_until_it_is_handed_in(shared: Service):
    client, window = shared.client(system="ywtb"), shared.client(officer="zg-park-chen")
    material = await a_material(client)
    assert (await client.get(f"/api/v1/materials/{material}")).content.startswith(PDF)
    assert (await window.get(f"/api/v1/materials/{material}")).status_code == 404
    await a_filing(client, materials=[{"id": material}])
    assert (await window.get(f"/api/v1/materials/{material}")).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ({"officer": "zg-park-zhao"}, 200),
        ({"officer": "zg-xingzheng-shenpi-gu"}, 200),
        ({"officer": "zg-shuili-ke"}, 404),
        ({"officer": "zg-park-zheng"}, 404),
        ({"system": "another"}, 404),
        ({}, 401),
    ],
)
async def test_afterwards_it_follows_the_seats(shared: Service, who, status):
    client = shared.client(system="ywtb")
    material = await a_material(client)
    await a_filing(client, materials=[{"id": material}])
    if who.get("officer") == "zg-shuili-ke":
        who = {"officer": stranger(shared)}
    got = await shared.client(**who).get(f"/api/v1/materials/{material}")
    assert got.status_code == status


def stranger(_: Service) -> str:
    """An officer of an organisation in no seat of row 4."""
    from contracts import catalog
    from tests.support.catalogue import organisation

    org = organisation("zg-shuili")
    assert isinstance(org, catalog.Organisation)
    return org.people[0].id


async def test_a_material_that_is_not_there_is_404(shared: Service):
    got = await shared.client(system="ywtb").get(
        "/api/v1/materials/00000000-0000-7000-8000-000000000000"
    )
    assert got.status_code == 404
