"""python -m shenguan.documents write|check: the generated pages of docs/."""

import sys

from shenguan.documents import pages


def main(arguments: list[str]) -> int:
    """0, or 1 when `check` finds a page that is not what the code says, 2 for another word."""
    if arguments == ["write"]:
        pages.write()
        return 0
    if arguments != ["check"]:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    stale = pages.stale()
    for name in stale:
        sys.stderr.write(f"docs/{name} 与代码不一致，请运行 python -m shenguan.documents write\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
