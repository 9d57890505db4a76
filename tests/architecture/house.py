"""The house rules that no linter knows, as checks over one module each: findings, not verdicts."""

import ast
import re
from collections.abc import Iterator

from servicekit.problems import REGISTRY
from tests.architecture.tree import Module

MOST_LINES = 400
NAMELESS = frozenset({"utils", "helpers", "common", "base", "manager", "core", "misc"})

MAY_COMMIT: dict[str, str] = {
    "servicekit": "writes.once, timers and the catalogue's copy own their transactions",
    "eventlog": "relay and consumer own theirs",
    "services/approval/entrypoints/reading.py": "a person's contact is read and audited in one",
    "services/intake/entrypoints/filing_routes.py": "the same, for the applicant's window",
    "gateway/issuer": "the development issuer's codes and keys: no event, no audit of business",
    "gateway/movingclock.py": "the controlled clock of rehearsals",
    "console/sessions.py": "sessions are the console's own and no business",
    "console/signin.py": "the sign-in that is under way",
    "shenguan": "the command line stands outside every service",
}
"""Who may end a transaction, each with its reason."""

_FILLERS = frozenset(
    {
        *("a", "an", "the", "of", "for", "to", "from", "in", "on", "by", "with", "and", "or"),
        *("its", "this", "that", "it", "is", "are", "be", "one", "s"),
        *("return", "returns", "get", "gets", "set", "sets", "given"),
        *("function", "method", "class", "module", "object", "value", "instance"),
    }
)


def status_assigned(module: Module) -> Iterator[str]:
    """States change by verbs of the aggregate: `.status =` stands in a domain only.

    An error that remembers a status in its own `__init__` changes no state.
    """
    if module.within("services") and "/domain/" in module.path:
        return
    inits = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    ]
    excused = {id(inner) for init in inits for inner in ast.walk(init)}
    for node in ast.walk(module.tree):
        for target in _targets(node):
            own = isinstance(target.value, ast.Name) and target.value.id == "self"
            if target.attr == "status" and not (own and id(node) in excused):
                yield f"{module.at(node)} assigns .status outside a domain"


def _targets(node: ast.AST) -> list[ast.Attribute]:
    match node:
        case ast.Assign(targets=targets):
            found: list[ast.expr] = list(targets)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            found = [target]
        case _:
            return []
    flat = [inner for one in found for inner in (one.elts if isinstance(one, ast.Tuple) else [one])]
    return [one for one in flat if isinstance(one, ast.Attribute)]


def transaction_ended(module: Module) -> Iterator[str]:
    """One transaction per entry: nobody else begins or commits one."""
    if module.within(*MAY_COMMIT):
        return
    for call in module.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "begin"}:
            yield f"{module.at(call)} calls .{call.func.attr}("


def kafka_imported(module: Module) -> Iterator[str]:
    if not module.within("eventlog/kafka"):
        yield from _imports(module, "aiokafka")


def mocks(module: Module) -> Iterator[str]:
    """Write a fake; and nothing is patched by the path of its module."""
    yield from _imports(module, "unittest.mock")
    yield from _imports(module, "mock")
    for call in module.calls():
        named = isinstance(call.func, ast.Attribute) and call.func.attr == "setattr"
        if named and call.args and isinstance(call.args[0], ast.Constant):
            yield f"{module.at(call)} patches the path {call.args[0].value!r}"


def _imports(module: Module, wanted: str) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                imported = [one.name for one in names]
            case ast.ImportFrom(module=str(source), names=names):
                imported = [source, *(f"{source}.{one.name}" for one in names)]
            case _:
                continue
        if any(one == wanted or one.startswith(f"{wanted}.") for one in imported):
            yield f"{module.at(node)} imports {wanted}"


def nameless(module: Module) -> Iterator[str]:
    """A file is named for its subject."""
    parts = module.path.removesuffix(".py").split("/")
    for part in parts:
        if part in NAMELESS:
            yield f"{module.path} is named {part}"


def too_long(module: Module) -> Iterator[str]:
    """Past this a second subject has moved in. Blank lines, comments, docstrings count nothing."""
    told = {
        line
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = [
        number
        for number, line in enumerate(module.text.splitlines(), start=1)
        if line.strip() and not line.strip().startswith("#") and number not in told
    ]
    if len(lines) > MOST_LINES:
        yield f"{module.path} has {len(lines)} lines of code"


def echoing_docstrings(module: Module) -> Iterator[str]:
    """A docstring that has no word its name has not says nothing."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        said = _words(ast.get_docstring(node) or "")
        if said and said <= _words(_spelt(node.name)) | _FILLERS:
            yield f"{module.at(node)} {node.name}: its docstring only repeats the name"


def _spelt(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name)


def _words(text: str) -> set[str]:
    if re.search(r"[^\x00-\x7f]", text):
        return {text}
    return {_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())}


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def unknown_problems(module: Module) -> Iterator[str]:
    """Every code a caller may meet stands in the public list."""
    for call in module.calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        name = call.func.id if isinstance(call.func, ast.Name) else name
        if name != "Problem" or not call.args:
            continue
        for constant in ast.walk(call.args[0]):
            code = constant.value if isinstance(constant, ast.Constant) else None
            if isinstance(code, str) and code not in REGISTRY:
                yield f"{module.at(call)} raises the unknown problem {code!r}"
