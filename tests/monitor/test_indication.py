"""`gaung indicators`: from a store and from files; the report and the digest say the same."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.indicators.catalogue import CATALOGUE
from collectors.collector import PostRef
from collectors.page import page_of
from collectors.records import Removal
from monitor import config
from monitor.coordination.stored import acted_together
from monitor.digest import digest_of
from monitor.indication.indicate import indicate
from monitor.indication.stored import facts_of_store
from monitor.report.compute import compute
from monitor.report.span import Span
from monitor.store import StoreFile
from monitor.target import Target
from tests.builders import AIR_CONFIG, HOUR, NOON, SOURCE, make_author, make_post

Gaung = Callable[..., tuple[int, str, str]]
DAY = timedelta(days=1)
TARGET = Target("air", ("airbersih",), watch="air")


def settings() -> config.Config:
    import tomllib

    return config.parse(tomllib.loads(AIR_CONFIG), name="config.toml")


def fill(stores: StoreFile, *, days: int = 30) -> None:
    """Store some posts of each hour, of which some pass on others."""
    rng = random.Random(5)
    posts, authors = [], []
    for number in range(days * 24 * 3):
        who = f"mastodon:@warga{rng.randrange(90)}@contoh.example"
        posts.append(
            make_post(
                number,
                author_key=who,
                kind="repost" if rng.random() < 0.3 else "original",
                created_at=NOON - number * timedelta(minutes=20) - HOUR / 6,
                text=f"Air bersih di kampung nomor {rng.randrange(500)} mati lagi sejak pagi",
            )
        )
        authors.append(make_author(who, created_at=NOON - rng.randrange(10, 900) * DAY))
    page = page_of(posts=posts, authors=authors, received=len(posts))
    with stores.open() as store, store.transaction():
        store.posts.add(page, source=SOURCE, now=NOON)
        store.coverage.want(SOURCE, "airbersih", since=NOON - days * DAY)
        store.coverage.cover(SOURCE, "airbersih", (NOON - days * DAY, NOON))


def test_report_digest_and_indicators_tell_the_same_numbers(stores: StoreFile) -> None:
    fill(stores)
    given = settings()
    with stores.open() as store:
        together, _ = acted_together(store, TARGET, NOON - DAY, NOON)
        facts = facts_of_store(
            store, given, TARGET, since=NOON - DAY, until=NOON, coordinated=together
        )
        told = indicate(facts, given, "air", stored=True)
        report = compute(store, TARGET, Span(NOON - DAY, NOON, HOUR), config=given, now=NOON).report
        (row,) = digest_of(store, given, since=NOON - DAY, until=NOON).rows
    assert told.dials is not None
    assert row.mobilisation == told.dials.mobilisation.value
    assert row.orchestration == told.dials.orchestration.value
    assert row.orchestration is not None
    mine = {one.name: one.value for one in told.indicators}
    theirs = {one.name: one.value for one in report.indicators if one.name in CATALOGUE}
    assert theirs.keys() == mine.keys()
    for name, value in mine.items():
        assert theirs[name] == pytest.approx(value, abs=1e-6), name
    assert report.posts == told.posts
    assert told.coverage == 1.0


def test_what_was_hardly_observed_is_unknown(stores: StoreFile) -> None:
    fill(stores)
    given = settings()
    with stores.open() as store:
        until = NOON + 3 * DAY  # nothing was read since NOON
        facts = facts_of_store(store, given, TARGET, since=NOON - DAY, until=until)
        told = indicate(facts, given, "air", stored=True)
    assert {one.value for one in told.indicators if one.name != "coverage"} == {None}
    assert told.reading == "no reading: less than 50% of this time was observed"
    assert told.dials is None


def test_posts_that_are_gone_when_asked_about_again_have_vanished(stores: StoreFile) -> None:
    fill(stores)
    given = settings()
    keys = [f"mastodon:https://contoh.example/{number}" for number in range(80, 120)]
    refs = [PostRef(key, "mastodon:@a@b.example", None, NOON, None, None) for key in keys]
    gone = [Removal(kind="post", key=k, reason="deleted", removed_at=NOON) for k in keys[:10]]
    with stores.open() as store:
        store.streaming.mark_checked(SOURCE, refs, now=NOON - HOUR)
        page = page_of(removals=gone, received=0)
        store.posts.add(page, source=SOURCE, now=NOON)
        facts = facts_of_store(store, given, TARGET, since=NOON - DAY, until=NOON)
        told = {one.name: one for one in indicate(facts, given, "air", stored=True).indicators}
    assert told["vanished_share"].value == 0.25
    assert told["vanished_share"].n == 40


def write_csv(path: Path, posts: int) -> Path:
    rng = random.Random(2)
    with path.open("w", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", "created_at", "text", "author"])
        for number in range(posts):
            at = NOON - number * timedelta(minutes=7)
            text = f"Harga beras naik lagi di pasar nomor {rng.randrange(300)} #HargaBeras"
            out.writerow([str(number), at.isoformat(), text, f"warga{number % 60}"])
    return path


def test_a_file_has_indicators_and_no_dials(gaung: Gaung, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "beras.csv", 400)
    code, out, err = gaung("indicators", "--input", str(path), "--format", "json")
    assert code == 0, err
    told = json.loads(out)
    assert told["schema"] == "gaung.indicators/1"
    assert (told["posts"], told["authors"]) == (400, 60)
    assert told["dials"]["orchestration"] is None
    assert told["reading"].startswith("no reading: a file has no quiet days")
    assert "Coordination is no proof of bots, payment or falsehood." in told["notes"]
    rows = {one["name"]: one for one in told["indicators"]}
    assert list(rows) == list(CATALOGUE)
    assert rows["posts_per_author"]["value"] == pytest.approx(400 / 60)
    assert all(one["definition"] and one["range"] and one["source"] for one in rows.values())


def test_table_and_csv_show_the_same_rows(gaung: Gaung, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "beras.csv", 400)
    _, table, _ = gaung("indicators", "--input", str(path))
    _, text, _ = gaung("indicators", "--input", str(path), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in rows] == list(CATALOGUE)
    assert all(spec.title in table for spec in CATALOGUE.values())
    assert "Coordination is no proof of bots, payment or falsehood." in table


def test_the_rest_of_a_file_is_what_a_part_of_it_is_compared_with(
    gaung: Gaung, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "beras.csv", 400)
    asked = ("--since", (NOON - 12 * HOUR).isoformat(), "--format", "json")
    code, out, err = gaung("indicators", "--input", str(path), *asked)
    assert code == 0, err
    told = {one["name"]: one for one in json.loads(out)["indicators"]}
    assert told["posts_per_author"]["n"] < 60 or told["top10_share"]["n"] < 400


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a TARGET"),
        (("nowhere",), "there is no watch 'nowhere'"),
        (("#Apa", "--since", "2026-03-02", "--until", "2026-03-01"), "is not before --until"),
    ],
)
def test_a_wrong_question_is_answered_with_what_to_change(
    gaung: Gaung, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = gaung("indicators", *arguments)
    assert code == 2
    assert said in err


def test_a_hashtag_of_which_nothing_is_stored_says_what_to_do(gaung: Gaung) -> None:
    code, _, err = gaung("indicators", "#Apa")
    assert code == 1
    assert "gaung import" in err


def test_dials_are_of_one_day(stores: StoreFile) -> None:
    fill(stores)
    given = settings()
    with stores.open() as store:
        facts = facts_of_store(store, given, TARGET, since=NOON - 2 * DAY, until=NOON)
        told = indicate(facts, given, "air", stored=True)
    assert told.reading == "no reading: dials are of one day: ask for 24 hours"
