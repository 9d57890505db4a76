"""Every event's schema, its two samples, and the rule that readers ignore what they don't know."""

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from contracts import generate, registry, samples
from contracts.examples import BAD, GOOD
from contracts.shape import EventData
from eventlog.envelope import Envelope
from law import scope

TYPES = sorted(registry.BY_TYPE)
EVENTS = generate.FOLDER / "events"
SAMPLES = generate.FOLDER / "samples" / "events"


def read(path: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def validator(type_: str) -> Draft202012Validator:
    return Draft202012Validator(read(EVENTS / f"{type_}.json"), format_checker=FormatChecker())


def good(type_: str) -> Any:
    return read(SAMPLES / f"{type_}.good.json")


def test_every_type_has_both_samples() -> None:
    assert set(GOOD) == set(BAD) == set(TYPES)


def test_what_lies_in_the_tree_is_what_the_models_say() -> None:
    assert generate.differences(generate.files(), owned=generate.OWNED) == []


@pytest.mark.parametrize("type_", TYPES)
def test_the_schema_is_a_schema(type_: str) -> None:
    schema = read(EVENTS / f"{type_}.json")
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == registry.schema_path(type_)


@pytest.mark.parametrize("type_", TYPES)
def test_the_good_sample_is_good(type_: str) -> None:
    sample = good(type_)
    assert list(validator(type_).iter_errors(sample)) == []
    assert registry.BY_TYPE[type_].model_validate(sample["data"]) == GOOD[type_]


@pytest.mark.parametrize("type_", TYPES)
def test_the_bad_sample_fails_on_its_field_and_nowhere_else(type_: str) -> None:
    errors = list(validator(type_).iter_errors(read(SAMPLES / f"{type_}.bad.json")))
    assert errors
    meant = read(SAMPLES / "index.json")[type_]
    parent, _, name = meant["field"].rpartition("/")
    for error in errors:
        path = "".join(f"/{step}" for step in error.absolute_path)
        if meant["removed"]:
            assert (path, error.validator) == (parent, "required")
            assert repr(name) in error.message
        else:
            assert path == meant["field"]


@pytest.mark.parametrize("type_", TYPES)
def test_our_models_refuse_the_bad_sample_too(type_: str) -> None:
    sample = read(SAMPLES / f"{type_}.bad.json")
    with pytest.raises(ValidationError) as refused:
        registry.BY_TYPE[type_].model_validate_json(json.dumps(sample["data"]))
    wanted = BAD[type_].field.removeprefix("/data/").split("/")
    assert {tuple(str(step) for step in one["loc"]) for one in refused.value.errors()} == {
        tuple(wanted)
    }


def strange(value: Any) -> Any:
    """The same with a field of tomorrow in every object."""
    if isinstance(value, dict):
        inner = {key: strange(one) for key, one in value.items()}
        return inner | {"field_of_tomorrow": {"nested": [1]}}
    return [strange(one) for one in value] if isinstance(value, list) else value


FREE = {"rule", "geometry", "years", "facts", "personal_index"}
"""Maps of any key, where a stranger's key is content and no unknown field."""


def added(sample: dict[str, Any]) -> dict[str, Any]:
    data = strange(sample["data"])

    def mend(new: Any, old: Any) -> None:
        if isinstance(old, dict):
            for key in old:
                if key in FREE:
                    new[key] = copy.deepcopy(old[key])
                else:
                    mend(new[key], old[key])
        elif isinstance(old, list):
            for one, other in zip(new, old, strict=True):
                mend(one, other)

    mend(data, sample["data"])
    return {**sample, "data": data, "extensionoftomorrow": "x"}


@pytest.mark.parametrize("type_", TYPES)
def test_an_old_reader_ignores_what_a_new_writer_adds(type_: str) -> None:
    newer = added(good(type_))
    assert newer != good(type_)
    assert list(validator(type_).iter_errors(newer)) == []
    assert registry.BY_TYPE[type_].model_validate(newer["data"]) == GOOD[type_]
    envelope = Envelope.from_bytes(json.dumps(newer).encode())
    assert envelope.extensions == {"extensionoftomorrow": "x"}


@pytest.mark.parametrize("type_", TYPES)
def test_the_event_logs_envelope_reads_and_writes_the_sample(type_: str) -> None:
    sample = good(type_)
    assert json.loads(Envelope.from_bytes(json.dumps(sample).encode()).to_bytes()) == sample


@pytest.mark.parametrize("type_", TYPES)
def test_moments_say_their_offset(type_: str) -> None:
    """RFC 3339; a moment without offset is refused by schema and model alike."""
    schema = json.dumps(read(EVENTS / f"{type_}.json"))
    assert schema.count('"format": "date-time"') == schema.count('"format": "date-time", "pattern"')


def test_every_model_ignores_unknown_fields() -> None:
    for model in registry.BY_TYPE.values():
        assert model.model_config["extra"] == "ignore"
        assert issubclass(model, EventData)


def test_a_sample_that_names_a_removed_field_says_so() -> None:
    assert samples.index()["approval.extended.v1"]["removed"] is True
    assert "approved_by" not in samples.bad("approval.extended.v1")["data"]


def test_the_samples_scope_rule_is_one_the_law_reads() -> None:
    period = good("catalog.delegation.v1")["data"]["periods"][0]
    scope.parse(period["rule"])


def test_types_are_named_for_their_topics() -> None:
    for type_, model in registry.BY_TYPE.items():
        service, *_, version = type_.split(".")
        assert (f"{service}.v1", version) == (model.TOPIC, "v1")
