"""Where the verbs of a class leave its status, read off their source.

For an aggregate whose ends depend on its seats no table says them; the assignments do.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeVar

A = TypeVar("A", bound=StrEnum)
S = TypeVar("S", bound=StrEnum)


def becoming(aggregate: type, action: type[A], status: type[S]) -> Callable[[A, S], frozenset[S]]:
    """For an action and the status it finds: where it may end.

    A verb names its action by `self._require(Action.X)` and may name the one status it finds by
    `self._sealed(Status.Y, …)`; its ends are the statuses assigned to `self.status` in it or in
    the methods it calls. A verb that assigns none that is written out keeps the status.
    """
    methods = {
        node.name: node
        for node in ast.walk(ast.parse(inspect.getsource(aggregate)))
        if isinstance(node, ast.FunctionDef)
    }

    def ends(done: A, found: S) -> frozenset[S]:
        reached: set[S] = set()
        for name, method in methods.items():
            if name.startswith("_") or done not in set(_named(methods, method, action, "_require")):
                continue
            wanted = set(_named(methods, method, status, "_sealed"))
            if not wanted or found in wanted:
                reached |= set(_assigned(methods, method, status, set()))
        return frozenset(reached) or frozenset({found})

    return ends


def _named(
    methods: dict[str, ast.FunctionDef], method: ast.FunctionDef, kind: type[A], guard: str
) -> Iterator[A]:
    """Members of `kind` given to `self.<guard>(…)`, in the method or in what it calls."""
    for call, name in _own_calls(method):
        if name == guard:
            yield from (one for argument in call.args for one in _members(argument, kind))
        elif name in methods and name.startswith("_"):
            yield from _named(methods, methods[name], kind, guard)


def _assigned(
    methods: dict[str, ast.FunctionDef], method: ast.FunctionDef, status: type[S], seen: set[str]
) -> Iterator[S]:
    for node in ast.walk(method):
        if isinstance(node, ast.Assign):
            for value in _to_status(node):
                yield from _values(methods, value, status)
    for _, name in _own_calls(method):
        if name in methods and name not in seen:
            seen.add(name)
            yield from _assigned(methods, methods[name], status, seen)


def _to_status(node: ast.Assign) -> Iterator[ast.expr]:
    """What is assigned to `self.status`, alone or in a tuple."""
    for target in node.targets:
        targets = target.elts if isinstance(target, ast.Tuple) else [target]
        several = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
        values = node.value.elts if several and isinstance(node.value, ast.Tuple) else [node.value]
        for one, value in zip(targets, values, strict=False):
            if isinstance(one, ast.Attribute) and one.attr == "status":
                yield value


def _values(methods: dict[str, ast.FunctionDef], value: ast.expr, status: type[S]) -> Iterator[S]:
    """Statuses written out in the value, or in what a called method returns."""
    yield from _members(value, status)
    for name in _called(value):
        if name in methods:
            returned = [
                node.value for node in ast.walk(methods[name]) if isinstance(node, ast.Return)
            ]
            for one in returned:
                if one is not None:
                    yield from _values(methods, one, status)


def _members(node: ast.expr, kind: type[A]) -> Iterator[A]:
    for inner in ast.walk(node):
        if (
            isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == kind.__name__
        ):
            yield kind[inner.attr]


def _called(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            yield inner.func.attr


def _own_calls(method: ast.FunctionDef) -> Iterator[tuple[ast.Call, str]]:
    for inner in ast.walk(method):
        match inner:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                yield inner, name
