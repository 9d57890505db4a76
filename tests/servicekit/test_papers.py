import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eventlog.envelope import new_id
from servicekit import papers
from servicekit.papers import PaperContent, SealMark, render
from servicekit.papers.worker import render_next
from tests.servicekit.conftest import PAPER

CONTENT = PaperContent(
    kind="permit",
    title="准予行政许可决定书",
    number="章高新审〔2026〕12号",
    dated=date(2026, 3, 2),
    authority="章贡高新技术产业园区管理委员会",
    addressee="赣州镝铽科技有限公司",
    paragraphs=("你单位提出的申请，符合法定条件。",),
    facts=(("项目名称", "年产5000台电机"),),
    remedies=("如不服本决定，可以申请行政复议。",),
    seals=(SealMark("s", "行政审批服务专用章", "章贡高新区管委会"),),
    code="7XK2M0P9QWERT3456789",
    verify_url="http://127.0.0.1:8000/verify/7XK2M0P9QWERT3456789",
)


def words(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_paper_says_what_its_content_says():
    said = words(render.pdf(CONTENT)).replace("\n", "")
    for part in (
        "准予行政许可决定书",
        "〔2026〕12",
        "镝铽",
        "样章",
        "二〇二六年三月二日",
        CONTENT.code,
    ):
        assert part in said, part


def test_the_same_content_gives_the_same_bytes():
    assert render.pdf(CONTENT) == render.pdf(replace(CONTENT))


def test_a_paper_is_pdf_a_with_its_fonts_inside():
    pdf = render.pdf(CONTENT)
    assert b"pdfaid:part>3<" in pdf.replace(b" ", b"") or b'pdfaid:part="3"' in pdf
    page: Any = PdfReader(io.BytesIO(pdf)).pages[0]
    fonts = page["/Resources"]["/Font"]
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = inner["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_previews_and_rehearsals_say_so():
    assert "预览" in words(render.preview(CONTENT))
    assert "演练" in words(render.pdf(replace(CONTENT, rehearsal=True)))
    assert "演练" not in words(render.pdf(CONTENT))


def test_one_changed_character_changes_the_hash():
    other = replace(CONTENT, addressee="赣州镝铽科技有限公司 ")
    assert papers.content_sha256(other) != papers.content_sha256(CONTENT)
    assert PaperContent.read(CONTENT.as_json()) == CONTENT


def test_days_are_written_as_papers_write_them():
    assert render.chinese_date(date(2026, 10, 10)) == "二〇二六年十月十日"
    assert render.chinese_date(date(2030, 12, 31)) == "二〇三〇年十二月三十一日"


async def drawn_up(part, content, no="20261122000000017"):
    async with part.kit.engine.begin() as connection:
        return await papers.draw_up(
            connection,
            PAPER,
            id=new_id(),
            no=no,
            content=content,
            viewers=["zg-park"],
            source_system="ywtb",
        )


async def test_a_paper_is_rendered_after_the_commit_and_told_with_it(part):
    row = await drawn_up(part, CONTENT)
    told = []

    async def ready(connection, paper, sha256):
        told.append((paper.id, sha256))

    assert await render_next(part.kit, PAPER, ready)
    assert not await render_next(part.kit, PAPER, ready)
    assert told[0][0] == row.id
    stored = await part.rows("SELECT sha256 FROM file")
    assert [one["sha256"] for one in stored] == [told[0][1]]


async def test_a_paper_that_cannot_be_rendered_stops_no_other(part):
    bad = await drawn_up(part, CONTENT)
    await part.rows("UPDATE paper SET content = content - 'title' RETURNING 1")
    good = await drawn_up(part, replace(CONTENT, code="OTHER"))
    told = []

    async def ready(connection, paper, sha256):
        told.append(paper.id)

    assert await render_next(part.kit, PAPER, ready)
    assert await render_next(part.kit, PAPER, ready)
    assert not await render_next(part.kit, PAPER, ready)
    assert told == [good.id]
    waiting = await part.rows("SELECT id, tries FROM paper WHERE file_id IS NULL")
    assert [(row["id"], row["tries"]) for row in waiting] == [(bad.id, 1)]


async def test_a_failure_while_telling_leaves_no_file(part):
    await drawn_up(part, CONTENT)

    async def ready(connection, paper, sha256):
        await connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="division by zero"):
        await render_next(part.kit, PAPER, ready)
    assert await part.rows("SELECT 1 FROM file") == []
