"""Damaged feeds and files cost no more than what was damaged."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from collectors.errors import CollectorError
from collectors.platforms.news.articles import page_of_articles
from collectors.platforms.news.feed import issue_of
from collectors.platforms.news.gdelt import quarter_of
from collectors.platforms.news.matching import Matcher
from tests.collectors.examples.news import feed, item
from tests.collectors.fuzz.mutate import mutations

_TOKENS = re.compile(r"(<[^>]*>)")
_TAG = Matcher.of("banjirkota", ("tanggul jebol",))
_ZONE = ZoneInfo("Asia/Jakarta")


def text_of(parts: Any) -> str:
    """Put a damaged feed together again."""
    if not isinstance(parts, list):
        return str(parts)
    return "".join(part if isinstance(part, str) else text_of(part) for part in parts)


@pytest.mark.fuzz
def test_feeds_stored_and_set_aside_is_what_was_given() -> None:
    body = feed(item(3, "Banjir kota"), item(2, "Tanggul jebol"), item(1)).decode()
    parts = [part for part in _TOKENS.split(body) if part]
    read = 0
    for damaged in mutations(parts):
        try:
            issue = issue_of(
                text_of(damaged).encode("utf-8", "replace"),
                content_type="application/rss+xml",
                place="koran.example/rss.xml",
                zone=_ZONE,
            )
        except CollectorError:
            continue
        page = page_of_articles(
            (("koran.example", article) for article in issue.articles),
            _TAG,
            received=issue.received,
            rejected=issue.rejected,
        )
        read += 1
        assert len(issue.articles) + page.rejected.height == page.received
        assert page.posts["post_key"].is_unique().all()
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
    assert read > 0


@pytest.mark.fuzz
def test_lines_of_gdelt_stored_and_set_aside_is_what_was_given() -> None:
    from tests.collectors.platforms.test_news_gdelt import line

    rows = [line(1, "Banjir kota").split("\t"), line(2).split("\t")]
    for damaged in mutations(rows):
        lines = damaged if isinstance(damaged, list) else [damaged]
        text = "\n".join(
            "\t".join(map(str, row)) if isinstance(row, list) else str(row) for row in lines
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("x.csv", text.encode("utf-8", "replace"))
        try:
            quarter = quarter_of(file.getvalue(), name="x.zip", languages=frozenset())
        except CollectorError:
            continue
        assert len(quarter.articles) + len(quarter.rejected) == quarter.received
