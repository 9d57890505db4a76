"""Every rule names its paragraph, and the paragraph stands in docs/rules with the code that
keeps it.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import law
from law.breach import Breach

RULES = Path(__file__).parents[2] / "docs" / "rules"
ACT = re.compile(
    r"([\u4e00-\u9fff]+?(?:法|条例))((?:第[一二三四五六七八九十百]+[条款项、]*(?:[一二三四五六七八九十]、?)*)+)"
)
ARTICLE = re.compile(r"第[一二三四五六七八九十百]+条")
PAPER = re.compile(r"[\u4e00-\u9fff]+〔\d{4}〕\d+号|[\u4e00-\u9fff]+第\d+期")
STANDARD = re.compile(r"GB(?:/T)? \d+-\d{4}|ISO 7064")

MODULES = [
    importlib.import_module(f"law.{found.name}") for found in pkgutil.iter_modules(law.__path__)
]


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions, and public methods and properties of public classes."""
    for module in MODULES:
        short = module.__name__.removeprefix("law.")
        for name, one in vars(module).items():
            if name.startswith("_") or getattr(one, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(one):
                yield f"{short}.{name}", one
            elif inspect.isclass(one):
                yield from (
                    (f"{short}.{name}.{method}", plain)
                    for method, found in vars(one).items()
                    if not method.startswith("_") and (plain := _function(found))
                )


def _function(found: object) -> Callable[..., Any] | None:
    if isinstance(found, property):
        return found.fget
    if isinstance(found, classmethod | staticmethod):
        return found.__func__
    return found if inspect.isfunction(found) else None


def breaches() -> list[type[Breach]]:
    return [
        one
        for module in MODULES
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, Breach) and one is not Breach
    ]


def cited(text: str) -> set[tuple[str, str]]:
    """(document, article) pairs; the article is empty where the document has none."""
    text = re.sub(r"\s+", " ", text)
    acts = {
        (act, article) for act, chain in ACT.findall(text) for article in ARTICLE.findall(chain)
    }
    papers = {(paper, "") for paper in PAPER.findall(text)}
    return acts | papers | {("编码标准", standard) for standard in STANDARD.findall(text)}


NAMED = dict(functions())


@pytest.mark.parametrize("name", NAMED)
def test_every_public_function_cites_its_paragraph(name: str) -> None:
    assert cited(NAMED[name].__doc__ or ""), f"law.{name} cites nothing"


@pytest.mark.parametrize("name", NAMED)
def test_the_paragraph_stands_in_the_rules_beside_the_function(name: str) -> None:
    for document, article in cited(NAMED[name].__doc__ or ""):
        page = (RULES / f"{document}.md").read_text(encoding="utf-8")
        rows = [row for row in page.splitlines() if article in row and f"`{name}`" in row]
        assert rows, f"docs/rules/{document}.md has no row of {article or document} with {name}"


@pytest.mark.parametrize("breach", breaches(), ids=lambda one: one.code)
def test_every_breach_names_a_source_that_stands_in_the_rules(breach: type[Breach]) -> None:
    assert breach.__doc__
    found = cited(breach.source)
    assert found
    for document, article in found:
        assert article in (RULES / f"{document}.md").read_text(encoding="utf-8")


def test_the_codes_of_breaches_are_unlike() -> None:
    codes = [one.code for one in dict.fromkeys(breaches())]
    assert sorted(codes) == sorted(set(codes))


def test_the_rules_name_no_function_that_is_gone() -> None:
    pages = [page for page in RULES.glob("*.md") if page.name != "README.md"]
    named = {
        name
        for page in pages
        for name in re.findall(r"`([a-z]+\.[\w.]+)`", page.read_text(encoding="utf-8"))
    }
    assert named - set(NAMED) == set()
    assert len(pages) >= 10


def test_law_does_no_input_or_output_and_reads_no_clock() -> None:
    allowed = {
        "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "itertools",
        "law", "operator", "re", "types", "typing", "unicodedata",
    }  # fmt: skip
    for module in MODULES:
        source = inspect.getsource(module)
        assert _imported(source) <= allowed, module.__name__
        assert not re.search(r"\.now\(|\.today\(|\bopen\(|print\(", source), module.__name__


def _imported(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | named}
