"""From content to PDF/A-3 in Chinese, by typst alone: same content, same bytes."""

import asyncio
import io
import json
import threading
from datetime import date
from functools import cache
from pathlib import Path

import noto_cjk_sans_otc
import segno
import typst

from servicekit.papers.content import PaperContent

_TEMPLATE = Path(__file__).with_name("paper.typ")
_one_at_a_time = threading.Lock()
_DIGITS = "〇一二三四五六七八九"


def pdf(content: PaperContent) -> bytes:
    """The finished paper. Blocking, 5–50 ms; rehearsals carry the watermark 演练."""
    return _compile(content, watermark="演练" if content.rehearsal else "")


def preview(content: PaperContent) -> bytes:
    """The same content before the seal, with the watermark 预览."""
    return _compile(content, watermark="预览")


def plain_pdf(text: str) -> bytes:
    """One page with one line of Chinese: sample materials of rehearsals and tests."""
    source = '#set text(font: "Noto Sans CJK SC", lang: "zh")\n#sys.inputs.text'
    made = typst.Compiler(input=source.encode(), font_paths=_fonts()).compile(
        format="pdf", sys_inputs={"text": text}, timestamp=0
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__} instead of one document")
    return made


async def in_thread(content: PaperContent) -> bytes:
    """`pdf` outside the event loop's thread."""
    return await asyncio.to_thread(pdf, content)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(Path(noto_cjk_sans_otc.__file__).parent)],
    )


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(input=str(_TEMPLATE), root=str(_TEMPLATE.parent), font_paths=_fonts())


def _compile(content: PaperContent, *, watermark: str) -> bytes:
    shown = content.as_json() | {
        "watermark": watermark,
        "dated_text": chinese_date(content.dated),
        "date_parts": [content.dated.year, content.dated.month, content.dated.day],
    }
    inputs = {"data": json.dumps(shown, ensure_ascii=False), "qr": _qr(content.verify_url)}
    with _one_at_a_time:
        made = _compiler().compile(
            format="pdf", pdf_standards=["a-3u"], sys_inputs=inputs, timestamp=0
        )
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__} instead of one document")
    return made


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", border=1, dark="#111")
    return out.getvalue().decode()


def chinese_date(day: date) -> str:
    """二〇二六年三月二日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_tens(day.month)}月{_tens(day.day)}日"


def _tens(number: int) -> str:
    tens, ones = divmod(number, 10)
    words = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return words + (_DIGITS[ones] if ones else "")
