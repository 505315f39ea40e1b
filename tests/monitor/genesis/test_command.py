"""`gaung genesis` on a store: through whom, the news, and nobody's name where it is redacted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.page import page_of
from collectors.records import Interaction, Post
from monitor.store import StoreFile
from tests.builders import HOUR, NOON, make_author, make_post, make_repost

Gaung = Callable[..., tuple[int, str, str]]
MINUTE = timedelta(minutes=1)
ROOT = "bluesky:at://did:plc:root/app.bsky.feed.post/1"
LATER = NOON + 24 * HOUR


def root() -> Post:
    return make_post(
        post_key=ROOT,
        platform="bluesky",
        author_key="bluesky:did:plc:root",
        created_at=NOON,
        text="Air keruh sejak pagi #AirBersih #banjir https://bsky.app/profile/root.example/post/1",
        hashtags_raw=("AirBersih", "banjir"),
        urls=("https://bsky.app/profile/root.example/post/1",),
    )


def repost(who: str, minutes: int, via: str | None = None) -> Interaction:
    return make_repost(
        f"bluesky:did:plc:{who}",
        "bluesky:did:plc:root",
        platform="bluesky",
        target_post_key=ROOT,
        acted_at=NOON + minutes * MINUTE,
        precision="exact",
        via_key=via and f"bluesky:at://did:plc:{via}/app.bsky.feed.repost/7",
    )


def article(outlet: str, hours: float) -> Post:
    link = f"https://{outlet}/{hours}"
    return make_post(
        post_key=f"news:{link}",
        platform="news",
        author_key=f"news:{outlet}",
        kind="article",
        created_at=NOON + hours * HOUR,
        text="Air PAM mati\nWarga menunggu",
        url=link,
        urls=(link,),
    )


@pytest.fixture
def save(stores: StoreFile) -> Callable[..., None]:
    def saved(posts: Iterable[Post] = ()) -> None:
        acts = [repost("a", 1), repost("b", 2, "a"), repost("c", 3, "b")]
        people = [
            make_author(f"bluesky:did:plc:{name}", handle=f"{name}.example", followers=10)
            for name in ("root", "a", "b")
        ]
        people.append(
            make_author("bluesky:did:plc:c", handle="c-public.example", followers=2_000_000)
        )
        page = page_of(posts=[root(), *posts], authors=people, interactions=acts)
        with stores.open() as store, store.transaction():
            store.posts.add(page, source="bluesky/jetstream", now=LATER)

    return saved


def told(gaung: Gaung, *more: str) -> dict[str, Any]:
    code, out, err = gaung("genesis", "#AirBersih", "--format", "json", *more)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_through_whom_is_what_bluesky_said_of_each_repost(
    save: Callable[..., None], gaung: Gaung
) -> None:
    save()
    (one,) = told(gaung)["cascades"]
    assert (one["size"], one["depth"], one["parents_given"]) == (4, 3, 2)
    assert {row["handle"]: (row["through"], row["through_by"]) for row in one["amplifiers"]} == {
        "a.example": ("root.example", "inferred"),
        "b.example": ("a.example", "via"),
        "c-public.example": ("b.example", "via"),
    }
    _, out, _ = gaung("genesis", "#AirBersih")
    assert "depth 3, structural virality 1.67; through whom: 2 given (via), 1 inferred" in out
    assert "a.example (via)" in out
    assert "73%" in out


def test_a_lake_says_through_whom_as_the_store_does(
    save: Callable[..., None], gaung: Gaung, tmp_path: Path
) -> None:
    save()
    assert gaung("export", "lake")[0] == 0
    assert told(gaung, "--input", "lake")["cascades"] == told(gaung)["cascades"]


def test_redacted_it_has_no_handle_no_text_and_no_link_to_anybodys_post(
    save: Callable[..., None], gaung: Gaung
) -> None:
    save()
    for more in (["--format", "json"], ["--format", "csv", "--rows", "amplifiers"],
                 ["--format", "csv", "--rows", "cascades"], ["--format", "csv"], []):  # fmt: skip
        code, out, _ = gaung("genesis", "#AirBersih", "--redact", *more)
        assert code == 0
        assert "akun-" in out
        for secret in ("root", "a.example", "b.example", "did:plc:a", "Air keruh", "feed.post"):
            assert secret not in out, more
    found = told(gaung, "--redact")
    (one,) = found["cascades"]
    assert (one["post"], one["text"], one["handle"]) == (None, None, None)
    names = {row["account"]: row["through"] for row in one["amplifiers"]}
    assert names.keys() - {"did:plc:c"} >= {names["did:plc:c"]}  # a public figure keeps the name
    assert found["first_hour_links"][0]["what"] == "bsky.app/…"


def test_news_sources_are_told_by_their_first_article_after_the_beginning(
    save: Callable[..., None], gaung: Gaung
) -> None:
    save([article("koran.example", 2), article("koran.example", 1.5), article("dulu.example", -3)])
    news = told(gaung)["news"]
    assert news["before"] == ["dulu.example"]
    assert [(row["outlet"], row["hours"], row["articles"]) for row in news["after"]] == [
        ("koran.example", 1.5, 2)
    ]
    assert news["after"][0]["title"] == "Air PAM mati"


def test_where_no_news_source_is_watched_that_is_said(
    save: Callable[..., None], gaung: Gaung
) -> None:
    save()
    found = told(gaung)
    assert (found["news"], found["news_unknown"]) == (None, "no news sources watched")
    assert "no news sources watched" in gaung("genesis", "#AirBersih")[1]


def test_csv_lists_hours_cascades_or_amplifiers(save: Callable[..., None], gaung: Gaung) -> None:
    save()

    def rows(*more: str) -> list[dict[str, str]]:
        _, out, _ = gaung("genesis", "#AirBersih", "--format", "csv", *more)
        return list(csv.DictReader(io.StringIO(out)))

    assert len(rows()) == 24
    (one,) = rows("--rows", "cascades")
    assert (one["rank"], one["size"], one["half_life_seconds"]) == ("1", "4", "")
    assert [row["through_by"] for row in rows("--rows", "amplifiers")].count("via") == 2
    assert rows("--rows", "cascades", "--cascades", "0") == []
