"""Another's CloudEvents library reads our bytes, as they stand on Kafka and as kcat prints them."""

import json
from datetime import datetime
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from contracts import registry, samples
from contracts.shape import EventData
from eventlog.envelope import Envelope

HEADERS = {"content-type": b"application/cloudevents+json"}


def ours(type_: str) -> bytes:
    return Envelope.from_bytes(json.dumps(samples.good(type_)).encode()).to_bytes()


@pytest.mark.parametrize("type_", sorted(registry.BY_TYPE))
def test_a_strangers_library_reads_every_type(type_: str) -> None:
    sample = samples.good(type_)
    message = KafkaMessage(headers=HEADERS, key=sample["subject"], value=ours(type_))
    event = from_structured_event(message, JSONFormat())
    assert event.get_type() == type_
    assert event.get_subject() == sample["subject"]
    assert event.get_source() == sample["source"]
    assert event.get_dataschema() == registry.schema_path(type_)
    assert UUID(event.get_id()).version == 7
    moment = event.get_time()
    assert isinstance(moment, datetime)
    assert moment.utcoffset() is not None
    assert event.get_extension("aggregate") == sample["aggregate"]
    assert event.get_extension("sequence") == sample["sequence"]
    assert event.get_extension("rehearsal") is False
    assert event.get_data() == sample["data"]


def test_what_kcat_prints_is_one_readable_line() -> None:
    """kcat prints the value alone, without headers: structured mode keeps the envelope in it."""
    line = ours("approval.reviewed.v1")
    assert b"\n" not in line
    assert "材料齐全" in line.decode()
    event = JSONFormat().read(CloudEvent, line)
    assert event.get_type() == "approval.reviewed.v1"


def test_we_read_what_a_stranger_writes_again() -> None:
    event = JSONFormat().read(CloudEvent, ours("supervision.feedback.v1"))
    back = Envelope.from_bytes(JSONFormat().write(event))
    read: EventData = registry.BY_TYPE[back.type].model_validate(back.data)
    assert read.model_dump(mode="json") == samples.good(back.type)["data"]
