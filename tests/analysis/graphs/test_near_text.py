"""Near texts against comparing every text with every other one."""

from __future__ import annotations

import random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.near_text import LEAST_JACCARD, near_texts

SPOKEN = "harga beras naik lagi hari ini warga turun ke jalan malam nanti tolak aturan baru"
WORDS = list(dict.fromkeys(SPOKEN.split(" ")))


def likeness(one: str, other: str) -> float:
    a, b = set(one.split()), set(other.split())
    return len(a & b) / len(a | b)


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=5, max_size=12), min_size=1, max_size=25))
def test_only_texts_that_are_near_are_joined(drawn: list[list[str]]) -> None:
    texts = list(dict.fromkeys(" ".join(words) for words in drawn))
    found = near_texts(pl.DataFrame({"object": range(len(texts)), "text": texts}))
    for cluster in found.partition_by("cluster"):
        members = [texts[i] for i in cluster["object"]]
        for one in members:
            others = [likeness(one, other) for other in members if other is not one]
            assert not others or max(others) >= LEAST_JACCARD


def test_nearly_all_near_pairs_are_found() -> None:
    rng = random.Random(4)
    texts = []
    for n in range(400):
        words = [f"kata{rng.randrange(3000)}" for _ in range(14)]
        texts.append(" ".join(words))
        texts.append(" ".join([*words[:-1], f"lain{n}"]))
    found = near_texts(pl.DataFrame({"object": range(800), "text": texts}))
    clusters = found.sort("object")["cluster"].to_list()
    joined = sum(clusters[i] == clusters[i + 1] for i in range(0, 800, 2))
    assert joined >= 396


def test_no_text_is_no_cluster() -> None:
    empty = pl.DataFrame(schema={"object": pl.Int64, "text": pl.String})
    assert near_texts(empty).is_empty()
