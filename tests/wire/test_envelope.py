"""The envelope, with the CloudEvents SDK as the oracle."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as some

from eventlog.envelope import Envelope, Unreadable, new_id, uuid7
from eventlog.outbox import MAX_BODY, TooLarge, row
from tests.wire.part import an_event

DATA = some.dictionaries(
    some.text(max_size=8), some.none() | some.booleans() | some.integers() | some.text(max_size=20)
)


def test_the_sdk_reads_what_we_write():
    written = replace(
        an_event("20261122000000017"),
        rehearsal=True,
        position=7,
        traceparent=f"00-{'a' * 32}-{'b' * 16}-01",
    )
    read = JSONFormat().read(CloudEvent, written.to_bytes())
    assert read.get_id() == str(written.id)
    assert read.get_subject() == "20261122000000017"
    assert read.get_time() == written.time
    assert read.get_data() == written.data
    assert read.get_extension("rehearsal") is True
    assert read.get_extension("sequence") == written.sequence
    assert read.get_extension("position") == 7


def test_we_read_what_the_sdk_writes():
    ours = an_event("1")
    oracle = JSONFormat().read(CloudEvent, ours.to_bytes())
    assert Envelope.from_bytes(JSONFormat().write(oracle)) == ours


@given(data=DATA)
def test_what_is_written_is_read_again(data: dict[str, object]):
    event = an_event("1", **{}) if not data else replace(an_event("1"), data=data)
    try:
        body = event.to_bytes()
    except ValueError:  # a lone surrogate
        return
    assert Envelope.from_bytes(body) == event


def test_chinese_stays_readable():
    assert "赣州某某有限公司" in an_event("1").to_bytes().decode()


def test_time_is_utc_on_the_wire():
    shanghai = timezone(timedelta(hours=8))
    event = replace(an_event("1"), time=datetime(2026, 11, 22, 9, 0, tzinfo=shanghai))
    assert json.loads(event.to_bytes())["time"] == "2026-11-22T01:00:00Z"


def test_an_extension_nobody_knows_is_kept():
    body = json.loads(an_event("1").to_bytes()) | {"partitionkey": "1", "dataref": "x"}
    read = Envelope.from_bytes(json.dumps(body).encode())
    assert read.extensions == {"partitionkey": "1", "dataref": "x"}
    assert json.loads(read.to_bytes()) == body


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"id": "not-a-uuid"},
        {"time": "2026-11-22T01:00:00"},
        {"sequence": 2**31},
        {"sequence": "1"},
        {"sequence": True},
        {"rehearsal": "true"},
        {"data": []},
        {"subject": ""},
        {"subject": None},
    ],
    ids=str,
)
def test_what_is_not_ours_is_unreadable(change: dict[str, object]):
    body = json.loads(an_event("1").to_bytes()) | change
    with pytest.raises(Unreadable):
        Envelope.from_bytes(json.dumps(body).encode())


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b'{"specversion":"1.0","data":NaN}'])
def test_bytes_that_are_no_json_object_are_unreadable(raw: bytes):
    with pytest.raises(Unreadable):
        Envelope.from_bytes(raw)


def test_uuid7_is_version_7_and_rises_with_time():
    early = uuid7(1_700_000_000_000, bytes(10))
    late = uuid7(1_700_000_000_001, bytes(10))
    assert (early.version, early.variant) == (7, "specified in RFC 4122")
    assert early < late
    assert early.int >> 80 == 1_700_000_000_000
    assert uuid7(0, b"\xff" * 10).version == 7


def test_new_ids_are_of_now():
    assert abs((new_id().int >> 80) / 1000 - datetime.now(UTC).timestamp()) < 5


def test_a_body_the_broker_would_refuse_is_refused_before_it_is_written():
    with pytest.raises(TooLarge):
        row(topic="t", key="1", envelope=an_event("1", pad="审" * (MAX_BODY // 3)))
