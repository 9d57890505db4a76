"""Filings as an applicant sends them, and the shortest way to each status."""

import itertools
import uuid
from typing import Any

import httpx

from tests.support.service import Service

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
USCC = "91360702MA35F7XK2T"
RESIDENT = "360702199003070010"
_count = itertools.count(1)


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def a_body(**changes: Any) -> dict[str, Any]:
    """A filing for row 4, inside the line; materials none."""
    body: dict[str, Any] = {
        "item": "zg-04",
        "park": "zg-park",
        "applicant": {
            "kind": "company",
            "name": "赣州沙河精密制造有限公司",
            "uscc": credit_code("91360702MA35F7XK2"),
            "address": "江西省赣州市章贡区沙河园区8号",
            "contact": {"name": "刘小梅", "phone": "13807970001", "id_no": resident()},
            "legal_representative": {"name": "黄建国"},
        },
        "project": {
            "name": "精密零部件生产线",
            "place": {"longitude": 115.0, "latitude": 25.79},
            "uses": ["industrial"],
            "investor": "government",
        },
        "channel": "platform",
        "source_case_no": f"YWTB-{next(_count)}",
    }
    return merged(body, changes)


def merged(body: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    made = dict(body)
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(made.get(name), dict):
            made[name] = merged(made[name], value)
        else:
            made[name] = value
    return made


def credit_code(first: str) -> str:
    """The code with its check character."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(alphabet.index(c) * w for c, w in zip(first, weights, strict=True))
    return first + alphabet[-total % 31]


def resident(first: str = "36070219900307001") -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c) * w for c, w in zip(first, weights, strict=True))
    return first + "10X98765432"[total % 11]


async def a_material(client: httpx.AsyncClient, content: bytes | None = None) -> str:
    content = content if content is not None else PDF + str(next(_count)).encode()
    answer = await client.post(
        "/api/v1/materials", files={"file": ("材料.pdf", content)}, headers=key()
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def file(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    return await client.post("/api/v1/filings", json=a_body(**changes), headers=key())


async def a_filing(client: httpx.AsyncClient, **changes: Any) -> str:
    """The number of a received filing."""
    answer = await file(client, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["no"])


async def act(
    client: httpx.AsyncClient, no: str, verb: str, body: Any = None, **headers: str
) -> httpx.Response:
    return await client.post(
        f"/api/v1/filings/{no}/{verb}", json=body or {}, headers=key() | headers
    )


BODIES: dict[str, dict[str, Any]] = {
    "acceptance": {},
    "refusal": {"reason": "not-needed", "text": "依法不需要办理"},
    "correction-notice": {"missing": [{"text": "项目建议书缺第3章"}]},
    "corrections": {"project": a_body()["project"]},
    "withdrawal": {"reason": "项目调整"},
}


async def reach(service: Service, status: str) -> str:
    """A filing in the status, by doing what leads there."""
    client, window = service.client(system="ywtb"), service.client(officer="zg-park-chen")
    no = await a_filing(client)
    steps = {
        "received": [],
        "correction-asked": [(window, "correction-notice")],
        "accepted": [(window, "acceptance")],
        "refused": [(window, "refusal")],
        "withdrawn": [(client, "withdrawal")],
    }[status]
    for who, verb in steps:
        answer = await act(who, no, verb, BODIES[verb])
        assert answer.status_code == 200, answer.text
    return no
