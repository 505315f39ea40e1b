"""Reads a page as a browser does, as far as tests need it: parts, tables, words, attributes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_VOID = {"meta", "br", "input", "link", "img", "hr"}
_RAW = ("style", "script")


@dataclass
class Element:
    """One element."""

    name: str
    attributes: dict[str, str]
    content: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words in it, as one line."""
        parts = (one if isinstance(one, str) else f" {one.text} " for one in self.content)
        return " ".join("".join(parts).split())

    def all(self, name: str = "", **wanted: str) -> list[Element]:
        """Give the elements in it by name and attributes (class_: one of its classes)."""
        found = []
        for one in self.content:
            if isinstance(one, str):
                continue
            if (not name or one.name == name) and one.has(**wanted):
                found.append(one)
            found += one.all(name, **wanted)
        return found

    def one(self, name: str = "", **wanted: str) -> Element:
        """Give the first."""
        return self.all(name, **wanted)[0]

    def has(self, **wanted: str) -> bool:
        """Tell whether it has attributes."""
        for key, value in wanted.items():
            given = self.attributes.get(key.rstrip("_"))
            if given is None or value not in (given.split() if key == "class_" else [given]):
                return False
        return True

    def without(self, **wanted: str) -> Element:
        """Give a copy without some elements."""
        kept = [
            one if isinstance(one, str) else one.without(**wanted)
            for one in self.content
            if isinstance(one, str) or not one.has(**wanted)
        ]
        return Element(self.name, self.attributes, kept)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":  # a place where a word may break: nothing is there to be read
            return
        one = Element(tag, {name: value or "" for name, value in attrs})
        assert len(one.attributes) == len(attrs), f"an attribute twice: {attrs}"
        self.open[-1].content.append(one)
        if tag not in _VOID:
            self.open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].content.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        last = self.open.pop()
        assert last.name == tag, f"</{tag}> closes <{last.name}>"

    def handle_data(self, data: str) -> None:
        said = self.open[-1].content
        if said and isinstance(said[-1], str):
            said[-1] += data
        else:
            said.append(data)


def read(text: str) -> Element:
    """Read a page; what is not closed, or twice, is an error."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, f"not closed: {[one.name for one in reader.open[1:]]}"
    return reader.open[0]


def shown(page: Element) -> Element:
    """Give what is shown: all but styles and programs."""
    kept = [
        one if isinstance(one, str) else shown(one)
        for one in page.content
        if isinstance(one, str) or one.name not in _RAW
    ]
    return Element(page.name, page.attributes, kept)


def rows(table: Element) -> list[list[str]]:
    """Give the cells of a table's body."""
    body = table.one("tbody")
    return [
        [cell.text for cell in row.content if isinstance(cell, Element)] for row in body.all("tr")
    ]


def data(page: Element, name: str) -> Any:
    """Give what stands in a script as JSON."""
    return json.loads("".join(str(part) for part in page.one("script", id=name).content))
