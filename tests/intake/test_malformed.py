"""Whatever is sent, the answer is a problem of the caller's and never a 5xx."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.usecases.form import FilingForm
from tests.intake.builders import a_body, key
from tests.support.service import Service

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.text(string.digits + "X-", max_size=30),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
    st.sampled_from(["9" * 400, "-0", "1e400", "2027-02-30", "zg-04", "\u202e", "𠮷" * 300]),
)


def paths(body: object, at: tuple = ()) -> list[tuple]:
    found = [at] if at else []
    if isinstance(body, dict):
        for name, value in body.items():
            found += paths(value, (*at, name))
    return found


PATHS = [*paths(a_body(materials=[])), ("project", "coal_tce"), ("project", "facts"), ("new",)]


def changed(body: dict, path: tuple, value: object) -> dict:
    made = json.loads(json.dumps(body))
    at = made
    for name in path[:-1]:
        if not isinstance(at.get(name), dict):
            return made
        at = at[name]
    at[path[-1]] = value
    return made


LIMITS = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@LIMITS
@given(changes=st.lists(st.tuples(st.sampled_from(PATHS), ODD), min_size=1, max_size=3))
async def test_a_changed_filing_is_answered_without_failing(shared: Service, changes):
    body = a_body()
    for path, value in changes:
        body = changed(body, path, value)
    client = shared.client(system="ywtb")
    kept = await client.post("/api/v1/filings", json=body, headers=key())
    tried = await client.post("/api/v1/filings/validate", json=body)
    assert kept.status_code in {200, 201, 400, 409, 422}, kept.text
    assert tried.status_code in {200, 400}, tried.text
    if tried.status_code == 200:
        assert tried.json()["acceptable"] is (kept.status_code == 201) or kept.status_code == 409
    if kept.status_code >= 400:
        assert kept.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"null", b"[]", b"1", b'"x"', b"\xff\xfe", b'{"item": NaN}',
        b'{"a": 1, "a": 2}', b'{"item": "\\u0000"}', b'{"item": "\\ud800"}',
        b"[" * 5000, b'{"project":' * 40 + b"1" + b"}" * 40,
        b'{"applicant": {"name": ' + b'"x"' * 3 + b"}}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["", "/validate", "/20270301000000016/refusal"])
async def test_bytes_that_are_no_filing(shared: Service, raw, path):
    client = shared.client(officer="zg-park-chen")
    answer = await client.post(
        f"/api/v1/filings{path}", content=raw, headers=key() | {"Content-Type": "application/json"}
    )
    assert answer.status_code in {200, 400, 422}, answer.text
    if path != "/validate":
        assert answer.status_code != 200


async def test_a_body_above_the_limit_is_413(shared: Service):
    raw = b'{"item": "' + b"x" * (shared.settings.max_body_bytes + 1) + b'"}'
    answer = await shared.client(system="ywtb").post(
        "/api/v1/filings", content=raw, headers=key() | {"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


async def test_the_published_schema_of_a_filing_is_its_form(shared: Service):
    document = (await shared.client(system="ywtb").get("/openapi.json")).json()
    body = document["paths"]["/api/v1/filings"]["post"]["requestBody"]
    named = body["content"]["application/json"]["schema"]
    schema = document["components"]["schemas"][named["$ref"].rsplit("/", 1)[1]]
    assert set(schema["properties"]) == set(FilingForm.model_fields)
    assert schema["additionalProperties"] is False
