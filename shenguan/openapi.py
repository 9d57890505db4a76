"""The published OpenAPI: what each app says of itself, made true at the edge, and all in one."""

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from contracts.examples.requests import REQUESTS
from gateway import routing
from servicekit import problems
from servicekit.access import Rule, rule_of

VERBS = ("get", "post", "put", "patch", "delete")
WITHOUT_KEY = frozenset(
    ["/api/v1/filings/validate", "/api/v1/competence", "/development/clock", "/oauth/token"]
)
"""POSTs that create and decide nothing, so that they need no Idempotency-Key."""

_KINDS = {
    "officer": "人员",
    "system": "系统客户端",
    "internal": "平台内部",
    "signed-in": "任何已登录者",
    "public": "任何人",
}
_REFERENCE = re.compile(r"^#/components/schemas/(.+)$")
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457；code 稳定，next_step 说明下一步",
    "required": ["type", "title", "status", "detail", "code", "next_step", "errors", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": ["string", "null"]},
        "code": {"type": "string", "enum": sorted(problems.REGISTRY)},
        "next_step": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "rule": {"type": "string"},
                },
            },
        },
    },
}
_PROBLEM_ANSWER = {
    "description": "问题（application/problem+json）",
    "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "本次操作唯一的键；同一键重发得到同一答复",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_SECURITY = {
    "system": {
        "type": "oauth2",
        "description": "系统客户端；接入外部发行者时以其地址为准",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth/token",
                "scopes": {"filings:write": "提交申请", "filings:read": "读取申请与事件"},
            }
        },
    },
    "officer": {
        "type": "oauth2",
        "description": "人员，授权码加 PKCE（S256）",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": "/oauth/authorize",
                "tokenUrl": "/oauth/token",
                "scopes": {"openid": "身份"},
            }
        },
    },
}


def of_app(part: str, app: FastAPI) -> dict[str, Any]:
    """The app's routes that the edge lets through, with who may call each and its examples."""
    told = copy.deepcopy(app.openapi())
    rules = _rules(app)
    paths = {
        path: {
            verb: _operation(part, path, verb, operation, rules.get((verb, path)))
            for verb, operation in item.items()
            if verb in VERBS
        }
        for path, item in told["paths"].items()
        if _let_through(part, path)
    }
    schemas = told.get("components", {}).get("schemas", {}) | {"Problem": _PROBLEM}
    return {
        "openapi": told["openapi"],
        "info": _info(told["info"]["title"]),
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": _reachable(schemas, paths),
            "securitySchemes": _SECURITY,
        },
    }


def merged(documents: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """All apps in one; a schema is named `part.Name`, since two apps may use one name."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    for part, document in documents.items():
        renamed = _renamed(document, part)
        for path, item in renamed["paths"].items():
            paths.setdefault(path, {}).update(item)
        schemas |= renamed["components"]["schemas"]
    return {
        "openapi": "3.1.0",
        "info": _info("审管互动平台"),
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY},
    }


def _info(title: str) -> dict[str, Any]:
    return {"title": title, "version": "1", "license": {"name": "Apache-2.0"}}


def _let_through(part: str, path: str) -> bool:
    found = routing.target(re.sub(r"\{[^}]+\}", "x", path))
    return found is not None and found.part == part


def _rules(app: FastAPI) -> dict[tuple[str, str], Rule]:
    found: dict[tuple[str, str], Rule] = {}
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        rule = rule_of(dependant.dependencies) if dependant is not None else None
        if rule is not None:
            for method in context.methods or ():
                found[method.lower(), str(context.path)] = rule
    return found


def _operation(
    part: str, path: str, verb: str, operation: dict[str, Any], rule: Rule | None
) -> dict[str, Any]:
    operation["operationId"] = _name(part, verb, path)
    operation["tags"] = [part]
    operation["responses"] = _responses(operation["responses"])
    if rule is not None:
        operation["x-callers"] = _callers(rule)
        operation["security"] = _schemes(rule)
    if verb == "post" and path not in WITHOUT_KEY:
        others = [one for one in operation.get("parameters", ()) if one["name"] != _KEY["name"]]
        operation["parameters"] = [*others, _KEY]
    _give_examples(part, path, operation)
    return operation


def _responses(told: Mapping[str, Any]) -> dict[str, Any]:
    """Every refusal is a problem: FastAPI's own 422 is never what is sent."""
    made: dict[str, Any] = {}
    for status, answer in told.items():
        if not status.startswith(("4", "5")):
            made[status] = answer
        elif "HTTPValidationError" not in str(answer.get("content")):
            made[status] = {**answer, "content": _PROBLEM_ANSWER["content"]}
    return {**made, "default": _PROBLEM_ANSWER}


def _callers(rule: Rule) -> str:
    words = "、".join(_KINDS[kind] for kind in sorted(rule.kinds))
    roles = f"；角色之一：{'、'.join(sorted(rule.roles))}" if rule.roles else ""
    scope = f"；范围 {rule.scope}" if rule.scope else ""
    return words + roles + scope


def _schemes(rule: Rule) -> list[dict[str, list[str]]]:
    if "public" in rule.kinds:
        return []
    anyone = "signed-in" in rule.kinds
    schemes: list[dict[str, list[str]]] = []
    if anyone or "officer" in rule.kinds:
        schemes.append({"officer": []})
    if anyone or rule.kinds & {"system", "internal"}:
        schemes.append({"system": [rule.scope] if rule.scope else []})
    return schemes


def _give_examples(part: str, path: str, operation: dict[str, Any]) -> None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    sample = next((one for one in REQUESTS if (one.part, one.path) == (part, path)), None)
    if content is not None and sample is not None:
        content["example"] = sample.good


def _name(part: str, verb: str, path: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", path.removeprefix(routing.API).lower()).strip("_")
    return f"{part}_{verb}_{words}"


def _references(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            found = _REFERENCE.match(inner) if key == "$ref" and isinstance(inner, str) else None
            if found is not None:
                yield found.group(1)
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _reachable(schemas: Mapping[str, Any], paths: Any) -> dict[str, Any]:
    wanted, reached = list(_references(paths)), set[str]()
    while wanted:
        name = wanted.pop()
        if name not in reached:
            reached.add(name)
            wanted += _references(schemas[name])
    return {name: schemas[name] for name in sorted(reached)}


def _renamed(document: dict[str, Any], part: str) -> dict[str, Any]:
    def name(old: str) -> str:
        return old if old == "Problem" else f"{part}.{old}"

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        found = _REFERENCE.match(value["$ref"]) if isinstance(value.get("$ref"), str) else None
        if found is not None:
            return {**value, "$ref": f"#/components/schemas/{name(found.group(1))}"}
        return {key: walk(inner) for key, inner in value.items()}

    made: dict[str, Any] = walk(document)
    schemas = made["components"]["schemas"]
    made["components"]["schemas"] = {name(old): schema for old, schema in schemas.items()}
    return made
