"""The AsyncAPI document against the specification's own schema, and against what is true."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from console.board import handlers
from contracts import asyncapi, generate, topics
from contracts.registry import BY_TYPE
from services.approval.entrypoints import events as approval
from services.intake.entrypoints import events as intake
from services.supervision.entrypoints import events as supervision

VENDOR = Path(__file__).parent / "vendor"
SPECIFICATION = jsonschema_rs.validator_for(
    json.loads((VENDOR / "asyncapi-3.1.0.json").read_text(encoding="utf-8"))
)


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads((generate.FOLDER / "asyncapi.json").read_text(encoding="utf-8"))


def test_it_is_an_asyncapi_document(document: Any) -> None:
    assert [error.message for error in SPECIFICATION.iter_errors(document)] == []


@pytest.mark.parametrize("action", ["publish", "subscribe", ""])
def test_the_specification_would_notice_a_wrong_action(document: Any, action: str) -> None:
    wrong = copy.deepcopy(document)
    wrong["operations"]["intake-writes-intake"]["action"] = action
    assert not SPECIFICATION.is_valid(wrong)


def test_the_specification_would_notice_a_missing_address(document: Any) -> None:
    wrong = copy.deepcopy(document)
    wrong["channels"]["intake.v1"]["bindings"]["kafka"]["partitions"] = 0
    assert not SPECIFICATION.is_valid(wrong)


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [one for inner in value.values() for one in references(inner)]
    return [one for inner in value for one in references(inner)] if isinstance(value, list) else []


def test_every_reference_leads_somewhere(document: Any) -> None:
    found = references(document)
    assert found
    for reference in found:
        if reference.startswith("./"):
            assert (generate.FOLDER / reference).is_file(), reference
            continue
        inner = document
        for step in reference.removeprefix("#/").split("/"):
            inner = inner[step]


def test_every_event_stands_in_one_channel(document: Any) -> None:
    placed = [type_ for channel in document["channels"].values() for type_ in channel["messages"]]
    assert sorted(placed) == sorted(BY_TYPE)


def test_topics_are_as_they_are_made(document: Any) -> None:
    for topic in topics.TOPICS:
        kafka = document["channels"][topic.name]["bindings"]["kafka"]
        assert kafka["partitions"] == topic.partitions
        kept = kafka["topicConfiguration"]
        assert kept["cleanup.policy"] == (["compact"] if topic.compacted else ["delete"])
        assert kept["retention.ms"] == (topic.retention_ms or -1)


def test_the_readers_named_are_those_who_read() -> None:
    told = {
        "intake": intake.TOPICS,
        "approval": approval.TOPICS,
        "supervision": supervision.TOPICS,
        "console": handlers.TOPICS,
    }
    for topic, readers in asyncapi.READERS.items():
        assert set(readers) == {who for who, read in told.items() if topic in read}


def test_one_part_writes_a_topic_and_every_reader_is_named(document: Any) -> None:
    for topic in topics.TOPICS:
        channel = {"$ref": f"#/channels/{topic.name}"}
        who: dict[str, list[str]] = {"send": [], "receive": []}
        for operation in document["operations"].values():
            if operation["channel"] == channel:
                who[operation["action"]] += [tag["name"] for tag in operation["tags"]]
        assert who["send"] == [topic.name.split(".", maxsplit=1)[0]]
        assert tuple(who["receive"]) == asyncapi.READERS[topic.name]
