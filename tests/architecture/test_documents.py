"""The generated pages say what the code says; a stale one is found."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from services.approval.domain import case, state
from shenguan.documents import __main__ as command
from shenguan.documents import pages, states
from shenguan.documents.becoming import becoming
from tests.architecture import tree


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages.made()


@pytest.mark.parametrize(
    "name", ["settings.md", "problems.md", "states.md", "events.md", "routes.md"]
)
def test_a_generated_page_is_fresh(made: dict[str, str], name: str):
    assert (tree.ROOT / "docs" / name).read_text(encoding="utf-8") == made[name], (
        "run python -m shenguan.documents write"
    )


def test_no_generated_page_is_left_out(made: dict[str, str]):
    assert set(made) == {"settings.md", "problems.md", "states.md", "events.md", "routes.md"}


def test_a_stale_or_missing_page_is_found(tmp_path: Path):
    pages.write(tmp_path)
    assert pages.stale(tmp_path) == []
    (tmp_path / "states.md").write_text("# States\n", encoding="utf-8")
    (tmp_path / "events.md").unlink()
    assert pages.stale(tmp_path) == ["states.md", "events.md"]


def test_another_word_is_refused(capsys: pytest.CaptureFixture[str]):
    assert command.main(["wirte"]) == 2
    assert "write|check" in capsys.readouterr().err


def test_every_allowed_action_is_drawn_or_told():
    for machine in states.machines():
        drawn = {(start, verb) for start, verb, _ in states.arrows(machine)}
        owed = {
            (status, verb)
            for verb, at in machine.allowed.items()
            for status in at
            if verb not in machine.apart
        }
        assert drawn == owed
        assert all(verb in machine.told for verb in machine.apart)


def test_every_status_can_be_reached():
    for machine in states.machines():
        reached = {*machine.begins, *(end for _, _, end in states.arrows(machine))}
        assert reached == set(machine.names), machine.title


@pytest.mark.parametrize(
    ("action", "found", "ends"),
    [
        (state.Action.RETURN, state.Status.REPORTED, {state.Status.UNDER_REVIEW}),
        (state.Action.EXTEND, state.Status.SUSPENDED, {state.Status.SUSPENDED}),
        (
            state.Action.SEAL,
            state.Status.AWAITING_REPORT_SEAL,
            {state.Status.AWAITING_DECISION, state.Status.REPORTED},
        ),
    ],
)
def test_the_ends_of_a_verb_are_read_off_its_source(
    action: state.Action, found: state.Status, ends: set[state.Status]
):
    assert becoming(case.Case, state.Action, state.Status)(action, found) == ends


MARKDOWN = [path for path in tree.tracked() if path.suffix == ".md" and "vendor" not in path.parts]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def test_every_link_between_documents_leads_somewhere():
    assert list(broken(MARKDOWN)) == []


def test_a_broken_link_is_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("[there](page.md) [gone](gone.md)\n", encoding="utf-8")
    assert list(broken([page])) == [f"{page}: gone.md"]


def test_both_readmes_give_the_same_commands():
    blocks = [
        re.findall(r"^```sh\n(.*?)^```", (tree.ROOT / name).read_text("utf-8"), re.M | re.S)
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert len(blocks[0]) == 3
    assert blocks[0] == blocks[1]


def test_a_decision_is_one_page_that_says_what_enforces_it():
    """80 lines are a page."""
    decided = sorted((tree.ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(one.name[:4]) for one in decided] == list(range(1, len(decided) + 1))
    for one in decided:
        text = one.read_text(encoding="utf-8")
        assert "**Enforced by**" in text, one
        assert len(text.splitlines()) <= 80, one


def broken(pages_: Iterable[Path]) -> Iterator[str]:
    for page in pages_:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if not (page.parent / unquote(target)).exists():
                yield f"{page}: {target}"
