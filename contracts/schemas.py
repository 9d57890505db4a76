"""JSON Schema 2020-12 of every event: the CloudEvents envelope around one model's `data`."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from contracts.registry import schema_path
from contracts.shape import EventData

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})$"
"""A moment always says its offset (RFC 3339)."""

_TEXT = {"type": "string", "minLength": 1}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
_ENVELOPE: dict[str, Any] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "format": "uuid", "description": "UUID 第 7 版；只识别，不排序"},
    "source": {"type": "string", "pattern": "^/shenguan/[^/]+/[^/]+$"},
    "subject": {**_TEXT, "description": "收件编号；目录事件为 kind:id"},
    "time": {"type": "string", "format": "date-time", "pattern": r"Z$"},
    "datacontenttype": {"const": "application/json"},
    "aggregate": {**_TEXT, "description": "sequence 所数的对象，如 filing、case、push:<id>"},
    "sequence": {**_COUNT, "description": "该对象的版本；可有间隔"},
    "tenant": {**_TEXT, "description": "地方配置的编号；不表示权限"},
    "rehearsal": {"type": "boolean", "description": "演练"},
    "traceparent": {
        "type": "string",
        "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
    },
    "position": {**_COUNT, "description": "在发送方存档中的位置；仅目录事件"},
}
_OPTIONAL = frozenset({"traceparent", "position"})


class _Dated(GenerateJsonSchema):
    """Moments with their offset, which pydantic's `date-time` leaves open."""

    def datetime_schema(self, schema: Any) -> dict[str, Any]:
        return super().datetime_schema(schema) | {"pattern": OFFSET}


def data_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Of a model as it is written; unknown fields stay allowed."""
    return model.model_json_schema(mode="serialization", schema_generator=_Dated)


def event_schema(model: type[EventData]) -> dict[str, Any]:
    """The schema `dataschema` of this type points to."""
    data = data_schema(model)
    definitions = data.pop("$defs", {})
    properties = {
        **_ENVELOPE,
        "type": {"const": model.TYPE},
        "dataschema": {"const": schema_path(model.TYPE)},
        "data": {"$ref": f"#/$defs/{model.__name__}"},
    }
    return {
        "$schema": DIALECT,
        "$id": schema_path(model.TYPE),
        "title": model.TYPE,
        "description": f"主题 {model.TOPIC} 上的事件；未知字段应忽略。",
        "type": "object",
        "properties": properties,
        "required": sorted(set(properties) - _OPTIONAL),
        "$defs": dict(sorted({**definitions, model.__name__: data}.items())),
    }
