"""`python -m tests.bench`: measures, prints, writes the rows."""

import argparse
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from shenguan.serving import run
from tests.bench import rows
from tests.bench.figures import FIGURES
from tests.bench.rows import Row
from tests.bench.stand import RUN_DIR, Effort, NotOurs, Stand, opened, refuse_addresses

Figure = Callable[[Stand], Awaitable[list[Row]]]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 also where a mark is missed: the rows say so; 2 where it refuses to begin."""
    given = _parser().parse_args(arguments)
    try:
        refuse_addresses(os.environ)
    except NotOurs as refused:
        print(refused, file=sys.stderr)
        return 2
    wanted = given.only.split(",") if given.only else list(FIGURES)
    unknown = sorted(set(wanted) - FIGURES.keys())
    if unknown:
        print(f"没有 {'、'.join(unknown)}；有的是 {'、'.join(FIGURES)}", file=sys.stderr)
        return 2
    made = run(_measured(wanted, Effort(quick=given.quick), given.out))
    missed = [row.figure for row in made if row.held is False]
    print(f"\n{len(made)} rows in {given.out}; missed: {'; '.join(missed) or 'none'}")
    return 0


async def _measured(wanted: Sequence[str], effort: Effort, out: Path) -> list[Row]:
    made: list[Row] = []
    async with opened(effort) as stand:
        for name in wanted:
            began = time.monotonic()
            with stand.watched() as load:
                found = await FIGURES[name](stand)
            print(f"\n{name}: {time.monotonic() - began:.0f} s; {load[0]}", flush=True)
            for row in found:
                print(f"  {row}", flush=True)
            made += found
            rows.write(out, made)
    return made


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="seconds a figure; shows that it runs")
    parser.add_argument("--only", default="", help=f"some of {','.join(FIGURES)}")
    parser.add_argument("--out", type=Path, default=RUN_DIR / "bench.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
