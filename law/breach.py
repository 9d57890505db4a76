"""What a person or a system does against a rule: one family of named errors, each with its
source.
"""

import re
from typing import ClassVar


class Breach(Exception):
    """A rule was not kept. `code` is stable and kebab-case, `source` the paragraph, `text` Chinese.

    Services translate the family in one table; the words for the person are already here.
    """

    code: ClassVar[str] = "breach"
    source: ClassVar[str] = ""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()
