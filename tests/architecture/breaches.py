"""Which rules may say no inside a service, read off the code: its own raises, and those of the law
functions it calls, wherever they stand.
"""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from law.breach import Breach
from tests.architecture.tree import Module, product

Code = tuple[str, str]
"""Module and function."""


def met(service: str, modules: tuple[Module, ...] | None = None) -> set[type[Breach]]:
    """Breaches that may reach a verb of the service, so that its table must know them."""
    found: set[type[Breach]] = set()
    for module in modules if modules is not None else product():
        skipped = module.path.endswith("/refusals.py") or "/migrations/" in module.path
        if module.within(f"services/{service}") and not skipped:
            found |= set(_escaping(module.tree, _names(module)))
    return found


def _escaping(node: ast.AST, names: dict[str, Any]) -> Iterator[type[Breach]]:
    """What a node lets out; a `try` that deals with a breach keeps it in."""
    yield from _of(node, names)
    if not isinstance(node, ast.Try):
        for child in ast.iter_child_nodes(node):
            yield from _escaping(child, names)
        return
    caught = tuple(_caught(node, names))
    inside = [one for child in node.body for one in _escaping(child, names)]
    yield from (one for one in inside if not issubclass(one, caught))
    for child in (*node.handlers, *node.orelse, *node.finalbody):
        yield from _escaping(child, names)


def _caught(node: ast.Try, names: dict[str, Any]) -> Iterator[type[Breach]]:
    """Handlers that end the matter. One that raises an error of the service's own passes it on."""
    for handler in node.handlers:
        passed_on = [
            _resolve(inner.exc.func, names)
            for inner in ast.walk(handler)
            if isinstance(inner, ast.Raise) and isinstance(inner.exc, ast.Call)
        ]
        if any(_own_error(one) for one in passed_on):
            continue
        if handler.type is not None:
            elements = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            kinds = [_resolve(element, names) for element in elements]
            yield from (one for one in kinds if inspect.isclass(one) and issubclass(one, Breach))


def _of(node: ast.AST, names: dict[str, Any]) -> set[type[Breach]]:
    match node:
        case ast.Raise(exc=ast.Call(func=raised)) | ast.Raise(exc=ast.expr() as raised):
            named = _resolve(raised, names)
            return {named} if _is_breach(named) else set()
        case ast.Call(func=called):
            named = _resolve(called, names)
            return set(_raised_by(*_code(named))) if _in_law(named) else set()
        case _:
            return set()


def _own_error(named: Any) -> bool:
    return inspect.isclass(named) and named.__module__.startswith("services.")


@cache
def _raised_by(module: str, function: str) -> frozenset[type[Breach]]:
    """Raises of a law function and of what it calls in the law; classes count by their checks."""
    return frozenset(_reached((module, function), set()))


def _reached(code: Code, seen: set[Code]) -> Iterator[type[Breach]]:
    if code in seen:
        return
    seen.add(code)
    home = import_module(code[0])
    named = getattr(home, code[1], None)
    if named is None or not (inspect.isfunction(named) or inspect.isclass(named)):
        return
    names = vars(home)
    for node in ast.walk(ast.parse(inspect.getsource(home))):
        if getattr(node, "name", None) != code[1]:
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Raise) and inner.exc is not None:
                raised = inner.exc.func if isinstance(inner.exc, ast.Call) else inner.exc
                breach = _resolve(raised, names)
                if _is_breach(breach):
                    yield breach
            elif isinstance(inner, ast.Call):
                called = _resolve(inner.func, names)
                if _in_law(called):
                    yield from _reached(_code(called), seen)


def _names(module: Module) -> dict[str, Any]:
    dotted = module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return vars(import_module(dotted))


def _resolve(node: ast.expr, names: dict[str, Any]) -> Any:
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=value, attr=attribute):
            owner = _resolve(value, names)
            known = isinstance(owner, ModuleType) or inspect.isclass(owner)
            return getattr(owner, attribute, None) if known else None
        case _:
            return None


def _is_breach(named: Any) -> bool:
    return inspect.isclass(named) and issubclass(named, Breach) and named is not Breach


def _in_law(named: Any) -> bool:
    known = inspect.isfunction(named) or inspect.isclass(named)
    return known and named.__module__.startswith("law.") and not _is_breach(named)


def _code(named: Any) -> Code:
    return named.__module__, named.__qualname__.split(".")[0]
