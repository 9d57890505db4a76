"""A cycle among modules, found without import-linter so that two guards watch one thing."""

from collections import defaultdict
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

import grimp

Edge = tuple[str, str]


def cycle(edges: Iterable[Edge]) -> list[str] | None:
    """The modules of one cycle, in order; None where there is none."""
    before: dict[str, set[str]] = defaultdict(set)
    for importer, imported in edges:
        if importer != imported:
            before[importer].add(imported)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as found:
        ring: list[str] = found.args[1]
        return ring
    return None


def edges(packages: list[str]) -> set[Edge]:
    """Who imports whom among modules of ours, deferred imports included."""
    first, *others = packages
    graph = grimp.build_graph(first, *others, cache_dir=None)
    return {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }


def among(edges: Iterable[Edge], package: str) -> set[Edge]:
    """Only inside one package. What it takes from its own `__init__` is no import between peers."""
    inside = f"{package}."
    return {
        (importer, imported)
        for importer, imported in edges
        if importer.startswith(inside) and imported.startswith(inside)
    }


def by_head(edges: Iterable[Edge]) -> set[Edge]:
    """The same, seen from far: top-level packages alone."""
    return {(one.partition(".")[0], other.partition(".")[0]) for one, other in edges}
