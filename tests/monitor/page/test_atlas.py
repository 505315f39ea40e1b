"""The map: the strongest part of who amplified whom, and numbers that are those of the drawing."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import combinations
from math import hypot

import polars as pl
import pytest

from analysis.frames import ACTS
from monitor.drawing.amplification import amplification
from monitor.page.atlas import WIDTH, atlas
from monitor.page.chart import map_data, map_svg
from monitor.page.choice import MOST_EDGES, MOST_NODES
from monitor.page.lettering import short_name
from tests.builders import HOUR, NOON
from tests.monitor.page import worlds
from tests.monitor.page.pages import read


@pytest.fixture(scope="module")
def drawn():
    return worlds.story().map


def acts(*rows):
    """Give acts: (who, whom, hours after noon)."""
    given = {name: [None] * len(rows) for name in ACTS}
    given |= {
        "author_key": [f"mastodon:@{who}@x.example" for who, _, _ in rows],
        "target_author_key": [f"mastodon:@{whom}@x.example" for _, whom, _ in rows],
        "target_post_key": [f"mastodon:{whom}" for _, whom, _ in rows],
        "kind": ["repost"] * len(rows),
        "acted_at": [NOON + hours * HOUR for _, _, hours in rows],
    }
    return pl.DataFrame(given, schema=ACTS)


def mapped(*rows, words=True, texts=()):
    posts = pl.DataFrame(
        {"author_key": [f"mastodon:@{who}@x.example" for who, _ in texts],
         "text": [text for _, text in texts]},
        schema={"author_key": pl.String, "text": pl.String},
    )  # fmt: skip
    return atlas(amplification(acts(*rows), "x"), posts, {}, words=words)


def test_the_numbers_of_an_account_are_those_of_all_acts_on_it_and_by_it():
    told = mapped(("a", "b", 0), ("a", "b", 1), ("c", "b", 2), ("b", "c", 3))
    numbers = {one.name: (one.amplified, one.amplified_by, one.amplifies) for one in told.nodes}
    assert numbers == {
        "mastodon:@a@x.example": (0, 0, 2),
        "mastodon:@b@x.example": (3, 2, 1),
        "mastodon:@c@x.example": (1, 1, 1),
    }
    assert (told.accounts, told.ties) == (3, 3)
    assert {(told.nodes[e.source].name[-11], e.weight) for e in told.edges} == {
        ("a", 2), ("c", 1), ("b", 1),
    }  # fmt: skip


def test_of_a_large_graph_the_strongest_part_is_shown_and_all_of_it_is_counted():
    rows = [(f"u{n}", f"t{n % 40}", n) for n in range(800)]
    rows += [(f"u{n}", "t0", n) for n in range(100) for _ in range(2)]
    told = mapped(*rows)
    assert len(told.nodes) <= MOST_NODES
    assert len(told.edges) <= MOST_EDGES
    assert (told.accounts, told.ties) == (840, 800 + 100 - 3)  # u0, u40, u80 did it for t0 anyway
    assert told.nodes[0].name == "mastodon:@t0@x.example"
    assert told.nodes[0].amplified == 20 + 200
    assert sum(one.accounts for one in told.communities) <= 840


def test_time_is_cut_into_equal_steps_and_everybody_is_there_from_the_first_act():
    told = mapped(("a", "b", 0), ("c", "b", 12), ("d", "b", 24), ("a", "d", 23))
    assert told.steps[0] == NOON
    assert {b - a for a, b in zip(told.steps, told.steps[1:], strict=False)} == {HOUR}
    began = {one.name[10]: one.step for one in told.nodes}
    assert began == {"a": 0, "b": 0, "c": 12, "d": 23}
    assert all(
        told.nodes[end].step <= edge.step
        for edge in told.edges
        for end in (edge.source, edge.target)
    )


def test_all_at_one_time_is_one_step():
    told = mapped(("a", "b", 0), ("c", "b", 0))
    assert told.steps == [NOON]
    assert {one.step for one in (*told.nodes, *told.edges)} == {0}


def test_communities_have_letters_by_size_and_words_that_mark_them(drawn):
    assert [one.letter for one in drawn.communities] == list("ABCDEFGH")[: len(drawn.communities)]
    sizes = [one.accounts for one in drawn.communities]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= 3
    assert sum(one.share for one in drawn.communities) <= 1 + 1e-9
    marking = [word for one in drawn.communities for word in one.words]
    assert {"tarif", "sumur", "sungai"} <= set(marking)
    assert {one.community for one in drawn.nodes} <= {-1, *range(len(drawn.communities))}


def test_without_words_no_word_is_told(drawn):
    assert all(one.words == [] for one in worlds.story(redact=True).map.communities)
    assert any(one.words for one in drawn.communities)


def test_the_map_of_a_month_lies_inside_and_no_account_on_another(drawn):
    assert 250 < len(drawn.nodes) <= MOST_NODES
    for one in drawn.nodes:
        assert one.size - 0.001 <= one.x <= WIDTH - one.size + 0.001
        assert one.size - 0.001 <= one.y <= 1 - one.size + 0.001
    assert all(
        hypot(one.x - other.x, one.y - other.y) > one.size + other.size - 0.004
        for one, other in combinations(drawn.nodes, 2)
    )


def test_who_is_amplified_more_is_drawn_larger(drawn):
    order = sorted(drawn.nodes, key=lambda one: one.amplified)
    assert [one.size for one in order] == sorted(one.size for one in order)


def test_the_picture_and_its_data_have_the_same_accounts_in_the_same_order(drawn):
    picture = read(map_svg(drawn, "Peta")).one("svg")
    circles = picture.all("circle", class_="account")
    told = json.loads(map_data(drawn, ["now"] * len(drawn.steps)))
    assert [int(one.attributes["data-i"]) for one in circles] == list(range(len(drawn.nodes)))
    assert [one[0] for one in told["accounts"]] == [one.name for one in drawn.nodes]
    assert len(picture.all("path", class_="tie")) == len(drawn.edges)
    assert len(told["times"]) == len(drawn.steps)
    for circle, node, row in zip(circles, drawn.nodes, told["accounts"], strict=True):
        assert circle.has(class_=f"c{node.community}")
        letter = None if node.community < 0 else drawn.communities[node.community].letter
        assert row[1:] == [
            letter, node.amplified, node.amplified_by, node.amplifies, int(node.is_bridge),
        ]  # fmt: skip
        assert circle.has(class_="bridge") == node.is_bridge


def test_names_on_the_map_lie_on_no_other_and_inside(drawn):
    boxes = []
    for one in read(map_svg(drawn, "Peta")).all("text"):
        if "data-i" not in one.attributes:
            continue
        x, y, half = float(one.attributes["x"]), float(one.attributes["y"]), 5.7 * len(one.text)
        assert half <= x <= 1500 - half
        boxes.append((x, y, half))
    assert 10 <= len(boxes) <= 24
    for (x, y, half), (u, v, other) in combinations(boxes, 2):
        assert abs(x - u) >= half + other or abs(y - v) >= 25


def test_the_same_acts_give_the_same_map():
    rows = [(f"u{n % 9}", f"t{n % 4}", n) for n in range(60)]
    assert mapped(*rows) == mapped(*reversed(rows))


def test_the_length_of_steps_is_a_part_of_the_whole_time(drawn):
    long = drawn.steps[-1] - drawn.steps[0]
    assert timedelta(days=worlds.DAYS - 3) < long < timedelta(days=worlds.DAYS)


def test_a_community_is_named_by_its_top_account_where_no_word_marks_it():
    rows = [(f"u{n}{team}", f"top{team}", n) for team in "xy" for n in range(5)]
    told = mapped(*rows)
    assert [one.words for one in told.communities] == [[], []]
    assert [one.around for one in told.communities] == [one.top[0] for one in told.communities]
    assert {one.platform for one in told.communities} == {"mastodon"}
    for one in mapped(*rows, words=False).communities:
        assert one.around is None  # for publication: by its size and platform


def test_the_names_of_communities_stand_on_the_map_each_with_its_letter(drawn):
    picture = read(map_svg(drawn, "Peta"))
    told = [one.text.split() for one in picture.all("text", class_="title") if " " in one.text]
    assert [one[0] for one in told] == [one.letter for one in drawn.communities]
    for words, one in zip(told, drawn.communities, strict=True):
        named = one.words[0] if one.words else short_name(one.around)
        assert words[1].strip(",") == named.split()[0]
