"""Who acts together: planted groups are found and nothing else is, on the real way from a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from bench.posts import written
from monitor.coordination import Asked, Found, coordinated
from monitor.engines import engine_of
from monitor.inputs.files import FileInput
from monitor.inputs.input import Wanted

POSTS = 30_000
Gaung = Callable[..., tuple[int, str, str]]


def found_in(path: Path, asked: Asked | None = None, engine_name: str = "duckdb") -> Found:
    engine = engine_of(engine_name)
    try:
        return coordinated(FileInput(path, Wanted("all", ())), asked or Asked(), engine)
    finally:
        engine.close()


def groups_in(path: Path) -> Found:
    """What is found of groups alone, with the quicker engine: they do not depend on either."""
    return found_in(path, Asked(scored=False), "polars")


def changed(csv: Path, folder: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Path:
    """The same posts, but for one change."""
    path = folder / "changed.csv"
    change(pl.read_csv(csv, infer_schema=False)).write_csv(path)
    return path


@pytest.fixture(scope="module", params=[0, 10], ids=["organic", "viral"])
def simulated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, set[str]]:
    folder = tmp_path_factory.mktemp("posts")
    simulated_posts = written(folder, POSTS, seed=5, viral=request.param)
    planted = pl.read_csv(simulated_posts.truth, infer_schema=False)["user_id"]
    return simulated_posts.csv, set(planted)


@pytest.fixture(scope="module")
def found(simulated: tuple[Path, set[str]]) -> Found:
    return found_in(simulated[0])


def test_planted_groups_are_found_and_nobody_else(
    simulated: tuple[Path, set[str]], found: Found
) -> None:
    _, planted = simulated
    told = set(found.account_table.filter(pl.col("group").is_not_null())["account"])
    assert len(told & planted) >= 0.95 * len(told)
    assert len(told & planted) >= 0.95 * len(planted)
    assert len(found.groups) == 12


def test_without_the_planted_accounts_nothing_is_found(
    simulated: tuple[Path, set[str]], tmp_path: Path
) -> None:
    csv, planted = simulated
    organic = changed(csv, tmp_path, lambda posts: posts.filter(~pl.col("user_id").is_in(planted)))
    found = groups_in(organic)
    assert found.groups == []
    assert found.edge_table.is_empty()


def test_with_shuffled_times_nothing_is_found(
    simulated: tuple[Path, set[str]], tmp_path: Path
) -> None:
    csv, _ = simulated
    shuffled = changed(
        csv,
        tmp_path,
        lambda posts: posts.with_columns(pl.col("timestamp").shuffle(seed=3)),
    )
    assert groups_in(shuffled).groups == []


def test_what_only_goes_viral_is_no_group(tmp_path: Path) -> None:
    simulated_posts = written(tmp_path, POSTS, seed=8, viral=10)
    planted = pl.read_csv(simulated_posts.truth, infer_schema=False)["user_id"].to_list()
    viral = pl.read_csv(simulated_posts.csv, infer_schema=False).filter(
        ~pl.col("user_id").is_in(planted), pl.col("repost_id").len().over("repost_id") > 150
    )
    path = tmp_path / "viral.csv"
    viral.write_csv(path)
    found = groups_in(path)
    assert not found.insufficient
    assert found.posts > 2_000
    assert found.groups == []


def test_engines_find_the_same(simulated: tuple[Path, set[str]], found: Found) -> None:
    csv, _ = simulated
    one, other = found, found_in(csv, engine_name="polars")
    columns = ["source", "target", "weight", "posts", "group"]
    assert one.edge_table.select(columns).equals(other.edge_table.select(columns))
    assert one.edge_table["q"].to_list() == pytest.approx(other.edge_table["q"].to_list())


def test_every_account_is_ranked_once_the_most_coordinated_first(
    simulated: tuple[Path, set[str]], found: Found
) -> None:
    csv, _ = simulated
    table = found.account_table
    accounts = pl.read_csv(csv, infer_schema=False)["user_id"].unique()
    assert sorted(table["account"]) == sorted(accounts)
    assert table["score"].is_sorted(descending=True)


def test_the_evidence_of_an_edge_are_posts_of_its_two_accounts(
    simulated: tuple[Path, set[str]], found: Found
) -> None:
    csv, _ = simulated
    author_of = dict(pl.read_csv(csv, infer_schema=False).select("message_id", "user_id").rows())
    for edge in found.edge_table.head(50).iter_rows(named=True):
        assert {author_of[post] for post in edge["posts"]} == {edge["source"], edge["target"]}
    told = found.evidence_table.head(200)
    assert told["delay"].is_between(0, 60).all()
    assert [author_of[post] for post in told["first_post"]] == told["first_account"].to_list()


def test_few_posts_are_insufficient_data(tmp_path: Path, gaung: Gaung) -> None:
    rows = ["post_id,author,created_at,text"]
    rows += [f"{n},a{n},2025-02-22T10:00:{n:02}Z,turun ke jalan sekarang juga" for n in range(9)]
    (tmp_path / "few.csv").write_text("\n".join(rows), encoding="utf-8")
    code, out, _ = gaung("coordination", "--input", "few.csv")
    assert code == 0
    assert "insufficient data: 9 accounts, needs 20" in out
    code, out, _ = gaung("coordination", "--input", "few.csv", "--format", "json")
    told = json.loads(out)
    assert (told["insufficient"], told["groups"]) == (
        "insufficient data: 9 accounts, needs 20",
        [],
    )


def test_the_tables_have_the_columns_that_were_promised(tmp_path: Path, gaung: Gaung) -> None:
    written(tmp_path, 6_000, seed=2)
    path = str(next(tmp_path.glob("posts_*.csv")))
    _, accounts, _ = gaung("coordination", "--input", path, "--accounts", "--format", "csv")
    assert accounts.startswith("account,handle,score,q,group\n")
    _, edges, _ = gaung("coordination", "--input", path, "--edges", "--format", "csv")
    assert edges.startswith("source,target,weight,q,first_at,last_at,posts\n")
    _, like, _ = gaung("coordination", "--input", path, "--as", "cnt", "--edges", "--format", "csv")
    assert like.startswith("source,target,weight,q,first_at,last_at,posts\n")
    assert like.splitlines()[1].split(",")[3] == ""


def test_a_wrong_target_is_told_what_there_is(gaung: Gaung) -> None:
    code, _, err = gaung("coordination", "no-such-watch")
    assert code == 2
    assert "there is no watch 'no-such-watch'" in err
    code, _, err = gaung("coordination", "all", "--within", "soon")
    assert code == 2
    assert "write 60s, 5m, 1h or auto" in err
