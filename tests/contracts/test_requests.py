"""Every request with a body has a good sample and one that fails on the field it should."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from contracts import generate
from contracts.examples.requests import REQUESTS, RequestSample

FOLDER = generate.FOLDER / "samples" / "requests"
NAMES = [sample.name for sample in REQUESTS]


def read(path: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def bodies(part: str) -> dict[str, Any]:
    """Path → schema of the JSON body of its POST."""
    document = read(generate.FOLDER / "openapi" / f"{part}.json")
    return {
        path: item["post"]["requestBody"]["content"]["application/json"]["schema"]
        for path, item in document["paths"].items()
        if "application/json" in item.get("post", {}).get("requestBody", {}).get("content", {})
    }


def validator(sample: RequestSample) -> Draft202012Validator:
    document = read(generate.FOLDER / "openapi" / f"{sample.part}.json")
    schema = {**bodies(sample.part)[sample.path], "components": document["components"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def innermost(error: ValidationError) -> Iterator[ValidationError]:
    """Where a choice (anyOf) failed, what failed within it."""
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from innermost(inner)


def pointer(error: ValidationError) -> str:
    return "".join(f"/{step}" for step in error.absolute_path)


def test_every_body_there_is_has_samples() -> None:
    parts = {sample.part for sample in REQUESTS}
    there = {(part, path) for part in parts for path in bodies(part)}
    assert {(sample.part, sample.path) for sample in REQUESTS} == there
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("sample", REQUESTS, ids=NAMES)
def test_the_good_body_is_good(sample: RequestSample) -> None:
    body = read(FOLDER / f"{sample.name}.good.json")
    assert list(validator(sample).iter_errors(body)) == []


@pytest.mark.parametrize("sample", REQUESTS, ids=NAMES)
def test_the_bad_body_fails_on_its_field_and_nowhere_else(sample: RequestSample) -> None:
    meant = read(FOLDER / "index.json")[sample.name]
    errors = list(validator(sample).iter_errors(read(FOLDER / f"{sample.name}.bad.json")))
    assert errors
    parent, _, name = meant["field"].rpartition("/")
    assert all(meant["field"].startswith(pointer(error)) for error in errors)
    found = [
        inner
        for error in errors
        for inner in innermost(error)
        if pointer(inner) == meant["field"]
        or (
            pointer(inner) == parent
            and inner.validator in {"required", "additionalProperties"}
            and f"'{name}'" in inner.message
        )
    ]
    assert found


@pytest.mark.parametrize("sample", REQUESTS, ids=NAMES)
def test_the_good_body_is_the_published_example(sample: RequestSample) -> None:
    whole = read(generate.FOLDER / "openapi" / "shenguan.json")
    content = whole["paths"][sample.path]["post"]["requestBody"]["content"]
    assert content["application/json"]["example"] == sample.good
