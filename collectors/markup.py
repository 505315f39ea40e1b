"""Text out of the HTML that fediverse servers send."""

from __future__ import annotations

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


def text_and_links(html: str) -> tuple[str, tuple[str, ...]]:
    r"""Give the text as a reader sees it, and the links that the post shares.

    >>> text_and_links('<p>Baca <a href="https://berita.example/a">ini</a><br>ya</p><p>#<b>X</b></p>')
    ('Baca ini\nya\n\n#X', ('https://berita.example/a',))
    """
    parser = _TextAndLinks()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts).strip(), tuple(dict.fromkeys(parser.links))
