"""Damaged pages cost no more than what was damaged."""

from __future__ import annotations

import re
from typing import Any

import pytest

from collectors.errors import CollectorError
from collectors.platforms.telegram.history import history_of, page_of_history
from tests.collectors.examples.telegram import block, channel_page, forwarded
from tests.collectors.fuzz.mutate import mutations
from tests.collectors.servers import NOON

_REACTION = '<div class="tgme_widget_message_reactions"><span class="tgme_reaction">3</span></div>'
_TOKENS = re.compile(r'(<[^>\s]+|>|[a-z-]+="[^"]*")')


def parts_of(html: str) -> list[str]:
    """Cut a page into its tags, attributes and texts, so that each can be damaged."""
    return [part for part in _TOKENS.split(html) if part]


def text_of(parts: Any) -> str:
    """Put a damaged page together again."""
    if not isinstance(parts, list):
        return str(parts)
    return "".join(part if isinstance(part, str) else text_of(part) for part in parts)


@pytest.mark.fuzz
def test_stored_and_set_aside_and_not_matching_is_what_was_given() -> None:
    page = channel_page(
        block(4, tags=("BanjirKota",), before=forwarded("https://t.me/PoskoAir/77")),
        block(5, 'Baca <a href="https://t.me/a_b/1">ini</a>', tags=("BanjirKota",)),
        block(6, "Jalan", after=_REACTION),
    )
    read = 0
    for parts in mutations(parts_of(page)):
        body = text_of(parts).encode("utf-8", "replace")
        try:
            history = history_of(body, channel="kabarwarga", address="https://t.me/s/kabarwarga")
        except CollectorError:
            continue
        found = page_of_history(history, "banjirkota", source="telegram/x", now=NOON, cursor=None)
        read += 1
        assert len(history.blocks) + found.rejected.height == found.received
        assert found.posts["post_key"].is_unique().all()
        assert found.interactions["author_key"].is_in(found.authors["author_key"].implode()).all()
    assert read > 0
