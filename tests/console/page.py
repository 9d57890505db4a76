"""What every page must have, read from its HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
    | {"track", "wbr", "circle", "path", "rect"}
)
NAMED_BY_THEMSELVES = frozenset({"hidden", "submit", "button"})


@dataclass
class Page(HTMLParser):
    """`faults` lists in words what is missing or not well-formed."""

    html: str
    lang: str = ""
    title: str = ""
    h1: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    _labelled: set[str] = field(default_factory=set)
    _fields: list[tuple[str, dict[str, str | None], bool]] = field(default_factory=list)
    _ids: list[str] = field(default_factory=list)
    _refers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        self._judge()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.lang = given.get("lang") or ""
        if tag == "h1":
            self.h1.append("")
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"inline style or script on <{tag}>")
        if (tag == "script" and "src" not in given) or tag == "style":
            self.faults.append(f"inline <{tag}>")
        if tag == "label" and given.get("for"):
            self._labelled.add(str(given["for"]))
        if given.get("id"):
            self._ids.append(str(given["id"]))
        for name in ("aria-labelledby", "aria-describedby"):
            self._refers += (given.get(name) or "").split()
        if tag in {"input", "select", "textarea"}:
            wrapped = any(name == "label" for name, _ in self._open)
            self._fields.append((tag, given, wrapped))
        if tag not in VOID:
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open and self._open[-1][0] != tag and self._open[-1][0] in {"p", "li"}:
            self._open.pop()
        if not self._open or self._open[-1][0] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1:]}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if tags[-1:] == ["title"] and "svg" not in tags:
            self.title += data
        if "h1" in tags:
            self.h1[-1] += data

    def _judge(self) -> None:
        if self.lang != "zh-CN":
            self.faults.append("no lang")
        if not self.title.strip(" ·\n") or not self.title.strip().endswith("审管互动平台"):
            self.faults.append(f"no title: {self.title!r}")
        if len(self.h1) != 1 or not self.h1[0].strip():
            self.faults.append(f"not one h1: {self.h1}")
        for tag, given, wrapped in self._fields:
            if given.get("type") in NAMED_BY_THEMSELVES or wrapped:
                continue
            if given.get("id") not in self._labelled and not given.get("aria-label"):
                self.faults.append(f"no label: <{tag} name={given.get('name')}>")
        twice = {one for one in self._ids if self._ids.count(one) > 1}
        self.faults += [f"id twice: {one}" for one in sorted(twice)]
        self.faults += [f"refers to no id: {one}" for one in self._refers if one not in self._ids]
