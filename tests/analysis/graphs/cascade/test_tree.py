"""Trees: what is said stands, what is not said is the likeliest."""

from __future__ import annotations

import numpy as np

from analysis.graphs.cascade.influence import parents
from analysis.graphs.cascade.tree import ORIGINAL, tree_of


def test_said_parents_stand_and_the_others_are_the_likeliest() -> None:
    at = np.arange(6.0) * 86_400
    followers = np.array([10.0, 5, 90_000, 3, 2, 1])
    said = np.array([-1, -1, 1, -1, 3, -1])
    tree = tree_of(at, followers, said)
    guess, _ = parents(at, followers, root=ORIGINAL)
    assert (tree.given, tree.way) == (2, "followers")
    assert tree.parent.tolist() == [-1, guess[1], 1, guess[3], 3, guess[5]]


def test_where_followers_are_not_known_the_original_is_assumed() -> None:
    tree = tree_of(np.arange(4.0), np.array([7.0, np.nan, np.nan, 9]), np.array([-1, -1, -1, 1]))
    assert tree.way == "original"
    assert tree.parent.tolist() == [-1, 0, 0, 1]


def test_an_original_that_nobody_passed_on_is_a_tree_of_one() -> None:
    tree = tree_of(np.zeros(1), np.full(1, np.nan), np.array([-1]))
    assert (tree.parent.tolist(), tree.given) == ([-1], 0)
