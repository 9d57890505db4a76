"""How long a licence holds: by the guide, from the day of the decision (行政许可法第三十九条)."""

from datetime import date, timedelta


def until(start: date, months: int) -> date:
    """The last day of so many months from `start` on: 2026-03-02 and 12 give 2027-03-01."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    after_month = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last_of_month = (after_month - timedelta(days=1)).day
    if start.day > last_of_month:
        return date(year, month + 1, last_of_month)
    return date(year, month + 1, start.day) - timedelta(days=1)
