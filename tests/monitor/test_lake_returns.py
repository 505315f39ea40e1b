"""A lake comes back into a store; with pseudonyms it tells the same and names nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.frames import POSTS
from analysis.graphs.traces import plain_link, plain_text
from monitor.errors import OperatorError
from monitor.exporting import chunks_of_store, export
from monitor.exporting.redact import Redaction
from monitor.inputs.lake import LakeInput, manifest_of
from monitor.naming import Naming
from monitor.store import StoreFile
from monitor.store.posts import normalized_text
from tests.builders import NOON
from tests.monitor.test_exporting import ALL, fill, of_store, write
from tests.spark.campaign import posts_csv

Gaung = Callable[..., tuple[int, str, str]]
NAMING = Naming.of("garam", ["ani"], public_from=1)
SPAN = ("--since", "2025-02-22", "--until", "2025-02-25", "--format", "json")
NAMES = ("author", "handle", "name", "source", "target", "generated_at", "examples")


def unnamed(told: Any) -> Any:
    """What is told, without names of accounts, links and texts."""
    if isinstance(told, dict) and told.keys() & {"author", "name"}:
        return told.get("posts")  # of rows with the same number, another stands first
    if isinstance(told, dict):
        return {key: unnamed(value) for key, value in told.items() if key not in NAMES}
    return [unnamed(one) for one in told] if isinstance(told, list) else told


def told_by(gaung: Gaung, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report and the coordination of a store, which is its configuration's."""
    found = []
    for asked in (
        ("report", "#AirBersih", *SPAN),
        ("coordination", "all", "--by", "link", "--edges", *SPAN[-2:]),
    ):
        code, out, err = gaung("--config", f"{name}.toml", *asked)
        assert code == 0, err
        found.append({k: v for k, v in json.loads(out).items() if k != "generated_at"})
    return found[0], found[1]


def test_exported_and_imported_again_the_numbers_are_the_same(gaung: Gaung, tmp_path: Path) -> None:
    posts_csv(tmp_path / "posts.csv", datetime(2025, 2, 22, tzinfo=UTC))
    for name in ("first", "again", "others"):
        (tmp_path / f"{name}.toml").write_text(f'[store]\npath = "{name}.duckdb"\n')
    assert gaung("--config", "first.toml", "import", "posts.csv")[0] == 0
    assert gaung("--config", "first.toml", "export", "lake")[0] == 0
    assert gaung("--config", "first.toml", "export", "red", "--redact")[0] == 0
    code, out, err = gaung("--config", "again.toml", "import", "lake")
    assert (code, "1,544 new" in out) == (0, True), err
    code, out, err = gaung("--config", "others.toml", "import", "red")
    assert (code, "by gaung export --redact" in out) == (0, True), err
    first, again, others = (told_by(gaung, name) for name in ("first", "again", "others"))
    assert first == again
    assert len(first[1]["edges"]) > 20
    assert unnamed(first[0]) == unnamed(others[0])
    assert first[1]["pairs_tested"] == others[1]["pairs_tested"]
    # Edges that are as sure as each other stand by their names.
    seen = [
        sorted((e["weight"], e["q"], e["first_at"], e["last_at"], len(e["posts"])) for e in edges)
        for edges in (first[1]["edges"], others[1]["edges"])
    ]
    assert seen[0] == seen[1]
    # A second time nothing is new.
    assert "0 new, 0 updated" in gaung("--config", "again.toml", "import", "lake")[1]
    entry = json.loads(gaung("--config", "first.toml", "audit", "--json")[1])["entries"][0]
    assert "pseudonyms" in entry["detail"]


def test_a_store_of_several_platforms_returns_with_boosts_and_times_that_nobody_knows(
    gaung: Gaung, stores: StoreFile, tmp_path: Path
) -> None:
    fill(stores)
    write(stores, tmp_path / "lake")
    (tmp_path / "again.toml").write_text('[store]\npath = "again.duckdb"\n')
    code, _, err = gaung("--config", "again.toml", "import", "lake")
    assert code == 0, err
    again = StoreFile(tmp_path / "again.duckdb")
    for wanted in (of_store(stores, ALL), of_store(again, ALL)):
        assert "1 reposts are left out" in wanted.notes[0]
    assert_frame_equal(of_store(again, ALL).posts(), of_store(stores, ALL).posts())
    assert_frame_equal(of_store(again, ALL).acts(), of_store(stores, ALL).acts())


def test_a_redacted_lake_names_nobody_and_fits_together(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    export(chunks_of_store(stores)[0], tmp_path / "red", now=NOON, naming=NAMING)
    real = of_store(stores, ALL)
    posts, acts = (
        LakeInput(tmp_path / "red", ALL).posts(),
        LakeInput(tmp_path / "red", ALL).acts(),
    )
    held = json.dumps(posts.rows() + acts.rows(), default=str)
    names = [
        *real.posts()["author_key"],
        *real.posts()["post_key"],
        "warga",
        "contoh.example",
        "Ani",
    ]
    assert not [name for name in names if name in held]
    assert posts["handle"].null_count() == posts.height
    assert not set(real.posts()["text"].drop_nulls()) & set(posts["text"].drop_nulls())
    # Whoever acts is called alike in both tables, as in letters but longer; so are posts.
    assert all(key.partition(":")[2].startswith("akun-") for key in posts["author_key"])
    longer = f"x:{NAMING.pseudonym('x:1')}"
    assert any(key.startswith(longer) for key in posts["author_key"])
    for table, count in ((posts, real.posts()), (acts, real.acts())):
        assert table.height == count.height
        assert table["author_key"].n_unique() == count["author_key"].n_unique()
    same = acts.join(posts, on="post_key", how="semi").height
    assert same == real.acts().join(real.posts(), on="post_key", how="semi").height > 0
    boosts = posts.filter(pl.col("post_key").str.starts_with("repost|"))
    assert boosts.height == 2
    assert set(boosts["repost_of_key"]) <= set(posts["post_key"])
    assert manifest_of(tmp_path / "red")["pseudonyms"] == NAMING.pseudonym("gaung.lake")


TEXTS = [
    "Harga beras naik lagi hari ini #Beras",
    "harga beras  naik lagi hari ini #Beras https://x.example/1",
    "Harga beras naik lagi hari ini!! #Pangan",
    "setuju #a #b #c #d #e",
    "satu.dua.tiga.empat.lima",
    "amin",
    None,
]
LINKS = ["https://a.id/1?utm_source=x", "http://www.a.id/1", "https://a.id/2", "https://"]


def groups(values: pl.Series) -> list[list[int]]:
    """Which rows are the same, without what they are; null is like nothing."""
    rows = pl.DataFrame({"value": values}).with_row_index("row").drop_nulls()
    return sorted(rows.group_by("value").agg("row")["row"].to_list())


@pytest.mark.parametrize("way", [plain_text("text"), normalized_text(pl.col("text"))])
def test_texts_are_the_same_afterwards_if_they_were_before(way: pl.Expr) -> None:
    posts = pl.DataFrame({"text": TEXTS}, schema={"text": pl.String})
    full = pl.concat([POSTS.to_frame(), posts], how="diagonal")
    made = Redaction(NAMING).posts(full)
    before, after = (groups(frame.select(way).to_series()) for frame in (full, made))
    assert before == after
    assert len(before) < len(TEXTS) - 1  # some of them are the same, and some too short


@pytest.mark.parametrize("way", [plain_link("link"), pl.col("link")])
def test_links_are_the_same_afterwards_if_they_were_before(way: pl.Expr) -> None:
    posts = pl.DataFrame({"urls": [LINKS]}, schema={"urls": pl.List(pl.String)})
    full = pl.concat([POSTS.to_frame(), posts], how="diagonal")
    made = Redaction(NAMING).posts(full)
    links = [frame["urls"].explode().alias("link").to_frame() for frame in (full, made)]
    before, after = (groups(frame.select(way).to_series()) for frame in links)
    assert before == after
    assert not set(links[1]["link"]) & set(LINKS)


def test_a_mention_by_handle_is_the_account_that_has_it() -> None:
    rows = [
        {"post_key": "x:1", "author_key": "x:7", "handle": "Ani", "platform": "x",
         "followers": 1234, "author_created_at": NOON},
        {"post_key": "x:2", "author_key": "x:8", "platform": "x", "mentions": ["x:@ani", "x:@b"]},
    ]  # fmt: skip
    made = Redaction(NAMING).posts(pl.DataFrame(rows, schema=POSTS))
    assert made["mentions"][1][0] == made["author_key"][0]
    assert made["mentions"][1][1] not in made["author_key"].to_list()
    assert made["followers"][0] == 1200
    assert made["author_created_at"][0] == NOON - timedelta(hours=12)


def test_names_and_pseudonyms_are_not_mixed(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    lake, other = tmp_path / "lake", Naming.of("gula", [], 0)
    write(stores, lake)
    with pytest.raises(OperatorError, match="exported with real names"):
        export(chunks_of_store(stores)[0], lake, now=NOON, naming=NAMING)
    red = tmp_path / "red"
    export(chunks_of_store(stores)[0], red, now=NOON, naming=NAMING)
    (red / "gaung-lake.json").unlink()  # as after an interruption
    for naming, told in ((None, "with --redact"), (other, "pseudonyms of another store")):
        with pytest.raises(OperatorError, match=told):
            export(chunks_of_store(stores)[0], red, now=NOON, naming=naming)
    assert export(chunks_of_store(stores)[0], red, now=NOON, naming=NAMING).written == 0


def test_a_lake_that_is_not_whole_is_refused(
    gaung: Gaung, stores: StoreFile, tmp_path: Path
) -> None:
    fill(stores)
    write(stores, tmp_path / "lake")
    part = next((tmp_path / "lake").glob("acts/*/*/part.parquet"))
    whole = part.read_bytes()
    part.unlink()
    (tmp_path / "again.toml").write_text('[store]\npath = "again.duckdb"\n')
    code, _, err = gaung("--config", "again.toml", "import", "lake")
    assert (code, "lacks 1 of its files" in err) == (1, True)
    part.write_bytes(whole[:100])
    assert "is damaged" in gaung("--config", "again.toml", "import", "lake")[2]
    part.write_bytes(whole)
    assert gaung("--config", "again.toml", "import", "lake")[0] == 0
