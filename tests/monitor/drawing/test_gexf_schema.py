"""GEXF is what its own schema says: Gephi and others may rely on it (tests/.../gexf_1_3)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import networkx as nx
import pytest
import xmlschema

from collectors.page import page_of
from monitor.store import StoreFile
from tests.builders import HOUR, NOON, make_author, make_post, make_repost

SCHEMA = xmlschema.XMLSchema10(Path(__file__).parent / "gexf_1_3" / "gexf.xsd")
DAY = timedelta(days=1)
KINDS = ("amplification", "hashtags", "links", "coordination")


@pytest.fixture
def ran(gaung, stores: StoreFile, tmp_path):
    """The program over a store in which all kinds of graph have something to draw."""
    posts = [
        make_post(
            n,
            hashtags_raw=("AirBersih", f"Kota{n % 3}", "<b>&"),
            urls=(f"https://air.example/{n % 7}",),
            author_key=f"mastodon:@warga{n % 40}@contoh.example",
            created_at=NOON - n * HOUR,
        )
        for n in range(200)
    ]
    # Three who say the same within seconds, again and again.
    for turn in range(12):
        for who in range(5):
            posts.append(
                make_post(
                    1000 + 10 * turn + who,
                    author_key=f"mastodon:@serempak{who}@contoh.example",
                    text=f"Tolak air mahal sekarang juga, ini seruan ke-{turn} untuk semua warga",
                    created_at=NOON - turn * 5 * HOUR - timedelta(seconds=who),
                )
            )
    boosts = [
        make_repost(
            f"mastodon:@warga{n % 7}@contoh.example",
            f"mastodon:@warga{(n * 3 + 1) % 7}@contoh.example",
            target_post_key=f"mastodon:https://contoh.example/{n % 60}",
            acted_at=NOON - n * 5 * HOUR,
        )
        for n in range(40)
    ]
    authors = [
        make_author(f"mastodon:@warga{n}@contoh.example", handle=f'warga{n}"<&>@contoh.example')
        for n in range(7)
    ]
    page = page_of(posts=posts, interactions=boosts, authors=authors)
    with stores.open() as store, store.transaction():
        store.posts.add(page, source="mastodon/contoh.example", now=NOON)
    (tmp_path / "config.toml").write_text('[store]\npath = "data/gaung.duckdb"\n')
    return gaung


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("redact", [(), ("--redact",)], ids=["names", "redacted"])
def test_a_graph_keeps_to_the_schema_and_is_read_back_whole(ran, tmp_path, kind, redact):
    code, _, err = ran("graph", "all", "--kind", kind, "-o", "g.gexf", *redact)
    assert (code, err) == (0, "")
    assert list(SCHEMA.iter_errors(tmp_path / "g.gexf")) == []
    graph = nx.read_gexf(tmp_path / "g.gexf")
    assert graph.is_directed() == (kind in ("amplification", "coordination"))
    assert graph.number_of_edges() >= 3
    assert graph.graph["mode"] == "dynamic"
    assert all("spells" in told for _, _, told in graph.edges(data=True))


def test_communities_over_time_keep_to_the_schema(ran, tmp_path):
    code, _, err = ran("graph", "all", "--every", "2d", "-o", "g.gexf")
    assert (code, err) == (0, "")
    assert list(SCHEMA.iter_errors(tmp_path / "g.gexf")) == []
    graph = nx.read_gexf(tmp_path / "g.gexf")
    courses = [
        told["community_then"] for _, told in graph.nodes(data=True) if "community_then" in told
    ]
    assert courses
    # Value, start and end of each step; NetworkX gives those that there are as a list.
    assert all(start < end for course in courses for _, start, end in course)


def test_two_graphs_hold_the_same_edges_as_their_tables(ran, tmp_path):
    ran("graph", "all", "-o", "g.gexf")
    ran("graph", "all", "-o", "g.graphml")
    gexf, graphml = nx.read_gexf(tmp_path / "g.gexf"), nx.read_graphml(tmp_path / "g.graphml")
    edges = Counter((a, b, d["weight"]) for a, b, d in gexf.edges(data=True))
    assert edges == Counter((a, b, d["weight"]) for a, b, d in graphml.edges(data=True))
    assert set(gexf) == set(graphml)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('version="1.3"', 'version="1.2"'),
        ('defaultedgetype="directed"', 'defaultedgetype="both"'),
        ("<edges>", "<edges><edge/>"),
        ('timeformat="date"', 'timeformat="day"'),
        ("<meta>", "<meta><data/>"),
    ],
)
def test_the_schema_finds_what_is_wrong(ran, tmp_path, right, wrong):
    ran("graph", "all", "-o", "g.gexf")
    text = (tmp_path / "g.gexf").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "g.gexf").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert not SCHEMA.is_valid(tmp_path / "g.gexf")
