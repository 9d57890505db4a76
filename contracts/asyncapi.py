"""The AsyncAPI 3.1 document: topics, keys, retention, who writes and who reads."""

from collections.abc import Mapping
from typing import Any

from contracts import topics
from contracts.registry import BY_TYPE
from contracts.topics import Topic

READERS: Mapping[str, tuple[str, ...]] = {
    "catalog.v1": ("intake", "approval", "supervision", "console"),
    "intake.v1": ("approval",),
    "approval.v1": ("intake", "supervision", "console"),
    "supervision.v1": ("intake", "approval", "console"),
}
"""Topic → who of ours reads it. Seats and viewers follow a reassignment, so intake and approval
read `supervision.v1` too.
"""

SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_KAFKA = "0.5.0"
_ENVELOPE = "application/cloudevents+json"


def document() -> dict[str, Any]:
    """Relative references lead to the schemas beside this document."""
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "审管互动平台 · 事件",
            "version": "1.0.0",
            "description": (
                "四个主题，CloudEvents 1.0 结构化 JSON，键为收件编号（目录为 kind:id）。至少送达"
                "一次，同一键有序；读者忽略未知字段，写者只增加字段，新含义另立 .v2。"
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": _ENVELOPE,
        "channels": {topic.name: _channel(topic) for topic in topics.TOPICS},
        "operations": _operations(),
        "components": {
            "messages": {type_: _message(type_) for type_ in sorted(BY_TYPE)},
        },
    }


def _types(topic: Topic) -> list[str]:
    return sorted(type_ for type_, model in BY_TYPE.items() if topic.name == model.TOPIC)


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": _kept(topic),
        "messages": {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in _types(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["compact"] if topic.compacted else ["delete"],
                    "retention.ms": -1 if topic.retention_ms is None else topic.retention_ms,
                },
                "bindingVersion": _KAFKA,
            }
        },
    }


def _kept(topic: Topic) -> str:
    if topic.retention_ms is None:
        return "永久保留，按键压缩：每个键的最新事件即其全部状态"
    return f"保留 {topic.retention_ms // 86_400_000} 天"


def _operations() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for topic in topics.TOPICS:
        writer = topic.name.partition(".")[0]
        made[f"{writer}-writes-{writer}"] = _operation(topic, "send", writer)
        for reader in READERS[topic.name]:
            made[f"{reader}-reads-{writer}"] = _operation(topic, "receive", reader)
    return made


def _operation(topic: Topic, action: str, who: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "tags": [{"name": who}],
    }
    if action == "receive":
        group = {"type": "string", "const": f"shenguan-{who}"}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": _KAFKA}}
    return operation


def _message(type_: str) -> dict[str, Any]:
    model = BY_TYPE[type_]
    key = "kind:id" if topics.CATALOG.name == model.TOPIC else "收件编号"
    return {
        "name": type_,
        "title": type_,
        "summary": (model.__doc__ or "").strip().partition("\n")[0] or type_,
        "contentType": _ENVELOPE,
        "payload": {
            "schemaFormat": SCHEMA_FORMAT,
            "schema": {"$ref": f"./events/{type_}.json"},
        },
        "bindings": {
            "kafka": {"key": {"type": "string", "description": key}, "bindingVersion": _KAFKA}
        },
    }
