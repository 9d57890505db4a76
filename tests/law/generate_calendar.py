"""Writes profiles/calendar/china.json from chinesecalendar's data.

`python tests/law/generate_calendar.py`. Run it again when the package knows another year, or load
the new notice through the catalogue. The numbers of notices are those verified by hand; the other
years name the notice by its title.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]
from chinese_calendar import constants

FILE = Path(__file__).parents[2] / "profiles" / "calendar" / "china.json"
NUMBERS = {2026: "国办发明电〔2025〕7号"}


def covered() -> range:
    """The civil years chinesecalendar answers for."""
    return range(min(constants.holidays).year, max(constants.holidays).year + 1)


def years() -> dict[str, dict[str, Any]]:
    """The form `Calendar.from_years` reads: only days that differ from their weekday."""
    return {str(year): _year(year) for year in covered()}


def text() -> str:
    return json.dumps(years(), ensure_ascii=False, indent=1) + "\n"


def _year(year: int) -> dict[str, Any]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    odd = [day for day in days if chinese_calendar.is_workday(day) != (day.weekday() < 5)]
    title = f"国务院办公厅关于{year}年部分节假日安排的通知"
    number = f"（{NUMBERS[year]}）" if year in NUMBERS else ""
    return {
        "notice": title + number,
        "rest": [day.isoformat() for day in odd if day.weekday() < 5],
        "work": [day.isoformat() for day in odd if day.weekday() >= 5],
    }


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
