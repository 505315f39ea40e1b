"""Text out of the HTML that fediverse servers send."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser


class _TextAndLinks(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag == "p" and self.parts:
            self.parts.append("\n\n")
        elif tag == "a":
            given = dict(attrs)
            classes = (given.get("class") or "").split()
            href = given.get("href")
            # Links to accounts and hashtags are not links that the post shares.
            if href and "mention" not in classes and "hashtag" not in classes:
                self.links.append(href)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


# What nearly all posts are made of. Anything else goes to the parser, which takes three times as
# long.
_PLAIN_TAG = re.compile(
    r'<(?P<end>/?)(?P<name>p|br|span|a)(?P<attributes>(?: [a-z-]+="[^"<>]*")*) ?/?>'
)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


def _fast(html: str) -> _TextAndLinks | None:
    """Read simple markup as the parser does; None: it is not so simple."""
    read = _TextAndLinks()
    end = 0
    for tag in _PLAIN_TAG.finditer(html):
        text = html[end : tag.start()]
        if "<" in text:
            return None
        if text:
            read.parts.append(unescape(text))
        end = tag.end()
        if not tag["end"]:
            written = _ATTRIBUTE.findall(tag["attributes"]) if tag["name"] == "a" else []
            read.handle_starttag(tag["name"], [(name, unescape(value)) for name, value in written])
    rest = html[end:]
    if "<" in rest:
        return None
    read.parts.append(unescape(rest))
    return read


def text_and_links(html: str) -> tuple[str, tuple[str, ...]]:
    r"""Give the text as a reader sees it, and the links that the post shares.

    >>> text_and_links('<p>Baca <a href="https://berita.example/a">ini</a><br>ya</p><p>#<b>X</b></p>')
    ('Baca ini\nya\n\n#X', ('https://berita.example/a',))
    """
    parser = _fast(html) or _parsed(html)
    return "".join(parser.parts).strip(), tuple(dict.fromkeys(parser.links))


def _parsed(html: str) -> _TextAndLinks:
    parser = _TextAndLinks()
    parser.feed(html)
    parser.close()
    return parser
