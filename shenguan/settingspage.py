"""The page that lists all settings, generated from the settings themselves."""

from typing import Any, get_args

from servicekit.settings import PREFIX, Settings

_HEAD = """\
# 设置

本页由 `shenguan settings` 生成，不手工修改。都是环境变量；以 `SHENGUAN_` 开头而无人认得的，
会让进程停在启动时。

| 变量 | 默认 | 说明 |
|---|---|---|
"""


def page() -> str:
    """Markdown, one row a setting."""
    return _HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: Any) -> str:
    default = "" if field.default in {None, ""} else f"`{_word(field.default)}`"
    choices = [value for value in get_args(field.annotation) if isinstance(value, str)]
    note = field.description or ""
    if choices:
        note += f"（{'、'.join(f'`{choice}`' for choice in choices)}）"
    return f"| `{PREFIX}{name.upper()}` | {default} | {note} |\n"


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
