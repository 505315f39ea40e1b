from __future__ import annotations

import csv
import json

import networkx as nx
import pytest

from tests.collectors.imports.reading import SHARED, needs_shared
from tests.monitor.drawing.test_draw import rows_of

EXPECTED = SHARED / "data" / "expected"
USERS = [{"id": str(n), "username": f"w{n}"} for n in range(5)]


def tweet(number, author, **fields):
    return {"id": str(number), "author_id": str(author), "text": "halo",
            "created_at": "2026-03-01T12:00:00.000Z", **fields}  # fmt: skip


def named(*numbers, tags=()):
    mentions = [{"username": f"w{n}", "start": 0, "end": 2} for n in numbers]
    return {"mentions": mentions, "hashtags": [{"tag": tag} for tag in tags]}


@pytest.fixture
def page(tmp_path):
    """One page: a retweet that names two, a reply to somebody who did not come along, a post."""
    matched = [
        tweet(10, 0, referenced_tweets=[{"type": "retweeted", "id": "1"}], entities=named(1, 2)),
        tweet(11, 0, referenced_tweets=[{"type": "replied_to", "id": "99"}], entities=named(3)),
        tweet(12, 4, entities=named(4, tags=("Air", "air", "Kota"))),
    ]
    included = {"users": USERS, "tweets": [tweet(1, 1)]}
    path = tmp_path / "page.jsonl"
    path.write_text(json.dumps({"data": matched, "includes": included, "meta": {}}) + "\n")
    return path


def test_the_first_name_of_a_retweet_is_skipped_and_the_others_count(gaung, page, tmp_path):
    code, out, _ = gaung("graph", "--input", str(page), "--as", "twarc", "-o", "g.csv")
    assert code == 0
    assert "5 accounts, 4 edges" in out
    rows = [tuple(row.values()) for row in rows_of(tmp_path / "g.csv")]
    assert list(rows_of(tmp_path / "g.csv")[0]) == [
        "source", "target", "weight", "retweet", "reply", "quote", "mention",
    ]  # fmt: skip
    assert rows == [
        ("w0", "w1", "1", "1", "0", "0", "0"),
        ("w0", "w2", "1", "0", "0", "0", "1"),
        ("w0", "w3", "1", "0", "0", "0", "1"),
        ("w4", "w4", "1", "0", "0", "0", "1"),
    ]


def test_hashtags_are_joined_in_lower_case(gaung, page, tmp_path):
    options = ("--as", "twarc", "--kind", "hashtags")
    assert gaung("graph", "--input", str(page), *options, "-o", "g.graphml")[0] == 0
    assert list(nx.read_graphml(tmp_path / "g.graphml").edges) == [("air", "kota")]


def test_what_does_not_go_with_it_is_told(gaung, page):
    options = ("graph", "--input", str(page), "--as", "twarc", "-o", "g.csv")
    for more in (("--kind", "links"), ("--backbone",), ("--since", "7d")):
        code, _, err = gaung(*options, *more)
        assert (code, "goes with --input" in err) == (2, True)
    page.write_text("{no json\n")
    code, _, err = gaung(*options)
    assert (code, "no tweet of API v2" in err) == (1, True)


@needs_shared
def test_the_network_of_real_tweets_is_that_of_the_plugin_edge_by_edge(gaung, tmp_path):
    tweets = str(EXPECTED / "twarc_network_tweets.jsonl")
    code, out, _ = gaung("graph", "--input", tweets, "--as", "twarc", "-o", "g.csv")
    assert code == 0
    assert "656 accounts, 618 edges" in out
    with (EXPECTED / "twarc_network_expected_edges.csv").open(newline="") as file:
        theirs = {(row["source"], row["target"]): row for row in csv.DictReader(file)}
    ours = {(row["source"], row["target"]): row for row in rows_of(tmp_path / "g.csv")}
    assert ours == theirs
    options = ("--as", "twarc", "--kind", "hashtags", "-o", "h.csv")
    assert "352 hashtags" in gaung("graph", "--input", tweets, *options)[1]
