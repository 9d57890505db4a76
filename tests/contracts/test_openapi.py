"""What is published of the REST API is what the apps and the edge do."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts import generate
from gateway import routing
from servicekit.problems import REGISTRY
from shenguan import contracts, openapi

FOLDER = generate.FOLDER / "openapi"


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    """By part, as it lies in the tree."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*")}


@pytest.fixture(scope="module")
def whole(published: dict[str, Any]) -> Any:
    return published[contracts.MERGED]


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [
        (verb, path, operation)
        for path, item in document["paths"].items()
        for verb, operation in item.items()
    ]


def test_what_lies_in_the_tree_is_what_the_apps_say() -> None:
    stale = generate.differences(contracts.files(), owned=contracts.OWNED)
    assert stale == [], "run python -m shenguan.contracts generate"


def test_every_part_stands_in_the_whole(published: dict[str, Any], whole: Any) -> None:
    parts = [operations(published[part]) for part in contracts.PARTS]
    assert all(parts)
    assert len(operations(whole)) == sum(len(part) for part in parts)


def test_every_route_is_reached_through_the_edge(published: dict[str, Any]) -> None:
    for part in contracts.PARTS:
        for _, path, _ in operations(published[part]):
            found = routing.target(re.sub(r"\{[^}]+\}", "x", path))
            assert found is not None
            assert found.part == part, path
            assert "internal" not in path


def test_every_operation_says_who_may_call_it(whole: Any) -> None:
    assert [path for _, path, operation in operations(whole) if "x-callers" not in operation] == []


def test_the_edge_lets_in_without_a_token_whom_the_route_does(whole: Any) -> None:
    for verb, path, operation in operations(whole):
        found = routing.target(re.sub(r"\{[^}]+\}", "x", path), verb.upper())
        assert found is not None
        if path.startswith(routing.API):
            assert found.public is (operation["security"] == []), (verb, path)


def test_every_write_names_its_key(whole: Any) -> None:
    for verb, path, operation in operations(whole):
        named = [one["name"] for one in operation.get("parameters", ())]
        wanted = verb == "post" and path not in openapi.WITHOUT_KEY
        assert ("Idempotency-Key" in named) is wanted, path


def test_refusals_are_problems_and_never_fastapis_own(whole: Any) -> None:
    assert "HTTPValidationError" not in json.dumps(whole)
    for _, path, operation in operations(whole):
        for status, answer in operation["responses"].items():
            if not status.startswith("2"):
                assert list(answer["content"]) == ["application/problem+json"], path


def test_the_problems_listed_are_those_there_are(whole: Any) -> None:
    codes = whole["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert codes == sorted(REGISTRY)


def test_operation_ids_are_unique(whole: Any) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(whole)]
    assert len(ids) == len(set(ids))


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [one for inner in value.values() for one in references(inner)]
    return [one for inner in value for one in references(inner)] if isinstance(value, list) else []


def test_every_reference_leads_somewhere(published: dict[str, Any]) -> None:
    for document in published.values():
        for reference in references(document):
            name = reference.removeprefix("#/components/schemas/")
            assert name in document["components"]["schemas"]


def test_every_schema_is_a_schema(whole: Any) -> None:
    for schema in whole["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
