import hashlib
from pathlib import Path

import polars as pl

from bench.posts import written


def test_the_same_count_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    """Figures that were measured on these posts elsewhere stay comparable."""
    files = written(tmp_path, 100_000)
    told = hashlib.md5(files.csv.read_bytes(), usedforsecurity=False).hexdigest()
    assert told == "896d394539e19db1e071a2baa390abe6"


def test_planted_accounts_are_in_the_posts_and_only_groups_share_a_pushed_text(
    tmp_path: Path,
) -> None:
    files = written(tmp_path, 20_000, seed=7)
    posts, truth = pl.read_csv(files.csv), pl.read_csv(files.truth)
    assert posts.height == 20_000
    assert truth.group_by("kind").agg(pl.col("group").n_unique()).sort("kind").rows() == [
        ("copy", 4), ("link", 4), ("retweet", 4),
    ]  # fmt: skip
    pushed = posts.filter(pl.col("message").str.contains("#push0"))
    group = truth.filter(pl.col("group") == "copy0")
    assert set(pushed["user_id"]) == set(group["user_id"])


def test_a_viral_post_has_a_hundredth_of_all_posts_as_reposts(tmp_path: Path) -> None:
    posts = pl.read_csv(written(tmp_path, 20_000, viral=2).csv)
    counts = posts["repost_id"].drop_nulls().value_counts()["count"].sort(descending=True)
    assert min(counts[:2]) >= 200
