"""How a hashtag began: who was first, who carried it, and what must not be called a beginning."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from analysis.frames import ACTS, POSTS
from monitor.genesis import POST_COLUMNS, Asked, Genesis, Names, genesis
from tests.analysis.examples import NOON

Gaung = Callable[..., tuple[int, str, str]]
MINUTE = timedelta(minutes=1)
Row = tuple[str, str, datetime, str | None]


def posts(rows: Sequence[Row], **more: object) -> pl.DataFrame:
    """Posts: key, author, time, and what they pass on."""
    made = [
        {
            "post_key": key,
            "author_key": author,
            "platform": "x",
            "kind": "repost" if of else "original",
            "sort_at": at,
            "text": f"teks {key}",
            "repost_of_key": of,
            **more,
        }
        for key, author, at, of in rows
    ]
    return pl.DataFrame(made, schema=POSTS).select(POST_COLUMNS)


def acts(given: pl.DataFrame) -> pl.DataFrame:
    """The reposts among posts, as acts."""
    author = dict(given.select("post_key", "author_key").rows())
    rows = [
        {
            "author_key": row["author_key"],
            "target_author_key": author.get(row["repost_of_key"]),
            "kind": "repost",
            "acted_at": row["sort_at"],
            "post_key": row["post_key"],
            "target_post_key": row["repost_of_key"],
        }
        for row in given.filter(pl.col("kind") == "repost").iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=ACTS)


def told(given: pl.DataFrame, zone: str = "UTC", **options: int) -> Genesis:
    asked = Asked(
        target="#air", hashtags=("air",), zone=ZoneInfo(zone), **{"hours": 3, "first": 2, **options}
    )
    found = genesis(given, acts(given), asked, Names())
    assert found is not None
    return found


def test_the_first_posts_and_who_passed_them_on() -> None:
    rows = [("x:1", "x:a", NOON, None), ("x:2", "x:b", NOON + 5 * MINUTE, "x:1")]
    rows += [("x:3", "x:c", NOON + 90 * MINUTE, None), ("x:4", "x:b", NOON + 95 * MINUTE, "x:3")]
    found = told(posts(rows))
    assert [(one.account, one.picked_up) for one in found.first] == [("a", 1), ("c", 1)]
    assert [(hour.posts, hour.new_authors, hour.carried_by) for hour in found.hourly] == [
        (2, 2, "a"),
        (2, 1, "c"),
        (0, 0, None),
    ]
    assert [one.account for one in found.picked_up] == ["b"]
    assert found.picked_up[0].influence is None  # nobody's followers are known
    assert found.already_running == ""


def test_where_followers_are_known_influence_ranks() -> None:
    rows: list[Row] = [("x:1", "x:a", NOON, None)]
    rows += [(f"x:{n}", f"x:r{n}", NOON + n * MINUTE, "x:1") for n in range(2, 12)]
    given = posts(rows).with_columns(
        followers=pl.when(pl.col("author_key") == "x:r5").then(50_000).otherwise(10)
    )
    first = told(given).picked_up[0]
    assert first.account == "r5"
    assert first.influence is not None
    assert first.influence > 2


def test_reposts_of_what_is_not_here_show_that_it_had_begun_before() -> None:
    rows = [(f"x:{n}", f"x:a{n}", NOON + n * MINUTE, f"x:gone{n}") for n in range(12)]
    assert "12 of the 12 reposts" in told(posts(rows)).already_running


def test_a_first_hour_as_busy_as_the_others_is_no_beginning() -> None:
    rows = [(f"x:{n}", f"x:a{n}", NOON + n * 2 * MINUTE, None) for n in range(90)]
    assert "a beginning is slower" in told(posts(rows)).already_running


def test_a_beginning_of_two_accounts_says_nothing_of_other_communities() -> None:
    rows = [("x:1", "x:a", NOON, None), ("x:2", "x:b", NOON + MINUTE, "x:1")]
    rows += [("x:3", "x:c", NOON + 2 * MINUTE, None)]
    rows += [(f"x:{n}", f"x:r{n}", NOON + n * MINUTE, "x:3") for n in range(4, 20)]
    found = told(posts(rows))
    assert (found.origin, found.crossings) == (None, None)
    assert "of those who wrote first (2), only 1 are in a community" in found.origin_unknown


def test_hours_are_those_of_the_clock_in_the_zone_of_the_operator() -> None:
    rows = [("x:1", "x:a", NOON + 50 * MINUTE, None), ("x:2", "x:b", NOON + 65 * MINUTE, None)]
    assert [(hour.start, hour.posts) for hour in told(posts(rows), hours=2).hourly] == [
        (NOON, 1),
        (NOON + 60 * MINUTE, 1),
    ]
    half = told(posts(rows), hours=2, zone="Asia/Kolkata")  # half an hour off
    assert [(hour.start, hour.posts) for hour in half.hourly] == [
        (NOON + 30 * MINUTE, 2),
        (NOON + 90 * MINUTE, 0),
    ]


def test_what_rides_along_is_of_the_first_hour_and_was_not_asked_for() -> None:
    rows = [(f"x:{n}", f"x:a{n % 2}", NOON + n * 25 * MINUTE, None) for n in range(4)]
    link = "https://koran.example/a"
    given = posts(rows, hashtags=["air", "banjir"], urls=[link, link])
    found = told(given)
    assert [(one.what, one.posts, one.accounts) for one in found.first_hour_hashtags] == [
        ("#banjir", 3, 2)
    ]
    assert [(one.what, one.posts, one.accounts) for one in found.first_hour_links] == [(link, 3, 2)]


def circle(name: str, size: int, at: datetime) -> list[Row]:
    """A community: each writes once and is passed on by all others."""
    rows: list[Row] = []
    for one in range(size):
        rows.append((f"x:{name}{one}", f"x:{name}{one}", at + one * MINUTE, None))
        rows += [
            (f"x:{name}{one}by{n}", f"x:{name}{n}", at + 20 * MINUTE, f"x:{name}{one}")
            for n in range(size)
            if n != one
        ]
    return rows


def test_it_began_in_the_community_of_most_who_wrote_first_and_not_of_the_very_first() -> None:
    rows = circle("stranger", 6, NOON + 90 * MINUTE)
    # The very first post is by one of those who come together later only.
    rows += [("x:first", "x:stranger0", NOON, None)]
    rows += circle("began", 6, NOON + MINUTE)
    rows += [("x:cross", "x:stranger3", NOON + 100 * MINUTE, "x:began0")]
    found = told(posts(sorted(rows, key=lambda row: (row[2], row[0]))))
    assert found.origin is not None
    assert (found.origin.authors, found.origin.tied, found.origin.first_authors) == (6, 7, 7)
    assert (found.origin.members, found.origin.share) == (6, 0.5)
    assert found.crossings is not None
    assert [(one.members, one.amplifiers, one.hours) for one in found.crossings] == [(6, 1, 1.67)]


def test_where_the_first_writers_are_spread_there_is_no_community_of_origin() -> None:
    rows = circle("a", 6, NOON) + circle("b", 6, NOON)
    found = told(posts(sorted(rows, key=lambda row: (row[2], row[0]))))
    assert (found.origin, found.crossings) == (None, None)
    assert "spread over 2, at most 6 in one" in found.origin_unknown


def test_without_a_post_there_is_nothing_to_tell() -> None:
    none = posts([])
    assert genesis(none, acts(none), Asked(target="#air"), Names()) is None


def test_the_command_tells_it_of_a_file(tmp_path: Path, gaung: Gaung) -> None:
    lines = ["post_id,author,created_at,text,repost_of_id"]
    lines += ["1,ani,2025-02-22T10:00:00Z,air keruh #air,", "2,budi,2025-02-22T10:30:00Z,,1"]
    (tmp_path / "few.csv").write_text("\n".join(lines), encoding="utf-8")
    code, out, _ = gaung("genesis", "#air", "--input", "few.csv")
    assert code == 0
    assert "first seen here 2025-02-22" in out
    assert "ani" in out
    code, out, _ = gaung("genesis", "--input", "few.csv", "--format", "json")
    read = json.loads(out)
    assert (read["schema"], read["posts"], read["crossings"]) == ("gaung.genesis/2", 2, None)
    assert read["hourly"][0]["reposts"] == 1
    code, _, err = gaung("genesis", "#tiada", "--input", "few.csv")
    assert code == 1
    assert "there is no such post here" in err
