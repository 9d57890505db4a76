"""python -m contracts generate|check: schemas, samples and AsyncAPI from the event models."""

import sys

from contracts import generate


def main(arguments: list[str]) -> int:
    """0, or 1 when `check` finds that the tree is not what the models say, 2 for another word."""
    made = generate.files()
    if arguments == ["generate"]:
        generate.write(made, owned=generate.OWNED)
        return 0
    if arguments != ["check"]:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    stale = generate.differences(made, owned=generate.OWNED)
    for name in stale:
        sys.stderr.write(f"contracts/{name} 与模型不一致，请运行 python -m contracts generate\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
