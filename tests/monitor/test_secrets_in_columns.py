"""Each column that may hold a server's words is looked at for secrets, lists too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from collectors.page import page_of
from collectors.records import Removal
from monitor import secrets
from monitor.store import StoreFile, blanking
from monitor.store.blanking import blank_secrets, holding_secrets
from tests.builders import SOURCE, make_post

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "tok/EN+with=odd&chars-0123456789"  # noqa: S105  # of a test


@pytest.fixture(autouse=True)
def _none_known() -> Iterator[None]:
    before = set(secrets._known)
    yield
    secrets._known.clear()
    secrets._known.update(before)
    secrets._forms.cache_clear()


# Columns of words that no server has written: names, keys, times, and what the operator wrote.
_OURS = re.compile(
    r"_key$|^(platform|kind|captured_as|source|said_by|lang|hashtags?|watch|via|via_key|recipients?"
    r"|who|why|what|observer|author_hash|key|value|field|task|tool|verdict|sha256|version|worker"
    r"|capture_mode|local_id|precision|removed_why|thread|name|action|subject|asked|cursor|reason"
    r"|detail|answer)$"
)
_WORDS = {
    ("gaps", "detail"), ("runs", "detail"), ("rejected", "reason"), ("removals", "reason"),
    ("contradictions", "reason"), ("unanswered", "why"), ("outbox", "subject"),
}  # fmt: skip


def test_each_column_of_words_is_looked_at_for_secrets(
    stores: StoreFile,
) -> None:
    secrets.read("X", key="k", environment={"X": TOKEN})
    with stores.open() as store:
        columns = store.database.rows(
            "select table_name, column_name from duckdb_columns() where not internal "
            "and data_type in ('VARCHAR', 'VARCHAR[]')"
        )
        found = {(row["table_name"], row["column_name"]) for row in columns}
        words = {one for one in found if not _OURS.search(one[1])} | _WORDS
        asked = {(one.table, one.column) for one in blanking._wanted()}
    assert asked == words


def test_a_secret_in_what_is_hidden_and_in_lists_is_blanked(stores: StoreFile) -> None:
    with stores.open() as store:
        post = make_post(1, text=f"air {TOKEN}", urls=("https://a.example/", f"https://{TOKEN}/"))
        store.posts.add(page_of(posts=[post]), source=SOURCE, now=NOW)
        hidden = Removal(kind="hidden", key=post.post_key, reason="suspended", removed_at=NOW)
        store.posts.add(page_of(removals=[hidden]), source=SOURCE, now=NOW)
        other = make_post(2, urls=(f"https://a.example/?t={TOKEN}", "https://b.example/"))
        store.posts.add(page_of(posts=[other]), source=SOURCE, now=NOW)
        secrets.read("X", key="k", environment={"X": TOKEN})
        assert holding_secrets(store.database) == ["hidden.text", "posts.urls", "hidden.urls"]
        assert blank_secrets(store.database) == 3
        assert holding_secrets(store.database) == []
        store.posts.add(page_of(posts=[post]), source=SOURCE, now=NOW)
        urls = store.database.rows("select urls from posts order by post_key")
    assert [row["urls"] for row in urls] == [
        ["https://a.example/", f"https://{secrets.REDACTED}/"],
        [f"https://a.example/?t={secrets.REDACTED}", "https://b.example/"],
    ]
