"""What is wrong with one cell of a list or one entry of its companion."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` is the line in the file as handed in, from 1; None where no line is to blame.

    `column` is the heading as the government writes it. `code` is stable, `message` Chinese.
    """

    row: int | None
    column: str | None
    code: str
    message: str
