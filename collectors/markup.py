"""Text out of the HTML that fediverse servers and feeds send.

In one pass, in time that grows as the text does: who writes a post also writes its markup, and the
parser of Python's library takes minutes for some of it (https://github.com/python/cpython/issues/135462).
"""

from __future__ import annotations

import html as library
import re

# Longer than any post: what a server sends beyond it is not read.
_LONGEST = 1_000_000
# A number that no character has; Python refuses to read longer ones.
_LONG_NUMBER = re.compile(r"&#[0-9]{32,};?")


def unescape(text: str) -> str:
    r"""Return a text with its references replaced, also with those that name no character.

    >>> unescape("Tom &amp; Jerry &#x2764;"), unescape("&#" + "9" * 5000 + ";")
    ('Tom & Jerry ❤', '\ufffd')
    """
    if "&" not in text:
        return text
    return library.unescape(_LONG_NUMBER.sub("\ufffd", text))


class _TextAndLinks:
    """What has been read of some markup."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.links: list[str] = []

    def take_tag(self, tag: str, given: dict[str, str]) -> None:
        """Take what an opening tag tells: a break, a paragraph, a link."""
        if tag == "br":
            self.parts.append("\n")
        elif tag == "p" and self.parts:
            self.parts.append("\n\n")
        elif tag == "a":
            classes = given.get("class", "").split()
            href = given.get("href")
            # Links to accounts and hashtags are not links that the post shares.
            if href and "mention" not in classes and "hashtag" not in classes:
                self.links.append(href)

    def take_text(self, text: str) -> None:
        """Take what stands between tags."""
        if text:
            self.parts.append(unescape(text))


# What nearly all posts are made of. Anything else goes to the parser, which takes three times as
# long.
_PLAIN_TAG = re.compile(
    r'<(?P<end>/?)(?P<name>p|br|span|a)(?P<attributes>(?: [a-z-]+="[^"<>]*")*) ?/?>'
)
_PLAIN_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


def _fast(html: str) -> _TextAndLinks | None:
    """Read simple markup as the parser does; None: it is not so simple."""
    read = _TextAndLinks()
    end = 0
    for tag in _PLAIN_TAG.finditer(html):
        text = html[end : tag.start()]
        if "<" in text:
            return None
        read.take_text(text)
        end = tag.end()
        if not tag["end"]:
            written = _PLAIN_ATTRIBUTE.findall(tag["attributes"]) if tag["name"] == "a" else []
            given = {name: unescape(value) for name, value in reversed(written)}
            read.take_tag(tag["name"], given)
    rest = html[end:]
    if "<" in rest:
        return None
    read.take_text(rest)
    return read


def text_and_links(html: str) -> tuple[str, tuple[str, ...]]:
    r"""Give the text as a reader sees it, and the links that the post shares.

    >>> text_and_links('<p>Baca <a href="https://berita.example/a">ini</a><br>ya</p><p>#<b>X</b></p>')
    ('Baca ini\nya\n\n#X', ('https://berita.example/a',))
    """
    html = html[:_LONGEST]
    read = _fast(html) or _parsed(html)
    return "".join(read.parts).strip(), tuple(dict.fromkeys(read.links))


# https://html.spec.whatwg.org/multipage/parsing.html#tokenization. Nothing is given back once it is
# matched (`++`): that is what keeps the time from growing faster than the text.
_OPENED = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"[\s/]*+(?P<name>[^\s/>=][^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"?+|'(?P<single>[^']*+)'?+|(?P<bare>[^\s>]*+)))?+"
)
_TAG_END = re.compile(r"[\s/=]*+>")
_UNSEEN = {name: re.compile(rf"(?i)</{name}(?=[\s/>])") for name in ("script", "style")}


def _parsed(html: str) -> _TextAndLinks:
    """Read any markup. What is not closed by its end is not seen, as in a browser."""
    read = _TextAndLinks()
    at: int | None = 0
    while at is not None:
        start = html.find("<", at)
        if start < 0:
            read.take_text(html[at:])
            return read
        read.take_text(html[at:start])
        at = _after(html, start, read)
    return read


def _after(html: str, start: int, read: _TextAndLinks) -> int | None:
    """Read what begins with `<`, and give where it ends; None: it does not."""
    opened = _OPENED.match(html, start)
    if opened is not None:
        return _after_tag(html, opened, read)
    if html.startswith("<!--", start):
        end = html.find("-->", start + 2)
        return None if end < 0 else end + len("-->")
    if html.startswith(("<!", "<?", "</"), start):
        end = html.find(">", start + 2)
        return None if end < 0 else end + 1
    read.take_text("<")
    return start + 1


def _after_tag(html: str, opened: re.Match[str], read: _TextAndLinks) -> int | None:
    name, at = opened["name"].lower(), opened.end()
    given: dict[str, str] = {}
    while (found := _ATTRIBUTE.match(html, at)) is not None:
        at = found.end()
        value = found["double"] or found["single"] or found["bare"] or ""
        given.setdefault(found["name"].lower(), value)
    end = _TAG_END.match(html, at)
    if end is None:
        return None
    if opened["end"]:
        return end.end()
    read.take_tag(name, {n: unescape(given[n]) for n in ("class", "href") if n in given})
    if name in _UNSEEN:
        closing = _UNSEEN[name].search(html, end.end())
        return None if closing is None else closing.start()
    return end.end()
