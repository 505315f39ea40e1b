"""Where accounts lie on the map: those that amplify each other close together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SEED = 20_260_818
_STEPS = 200
_INSIDE, _ACROSS = 3.0, 0.5  # how strongly ties within a community pull, and other ties
_ROOM, _YIELD = 1.7, 0.08  # between the middles of communities, in their radii; at once
_REPULSION, _GRAVITY = 0.25, 0.06
_FLAT = np.array([0.6, 1.2])  # of the pull to the middle: the map is wider than high
_FARTHEST = 0.6  # of a step
_APART = 0.012  # between the rims of two accounts
_PUSHES = 60
_MARGIN = 0.04
Places = NDArray[np.float64]


def placed(
    edges: Sequence[tuple[int, int, int]],
    communities: Sequence[int],
    radii: Sequence[float],
    *,
    width: float = 1.5,
) -> Places:
    """Give x (0 to `width`) and y (0 to 1) of each account; always the same for the same graph.

    edges: (source, target, weight) by the numbers of accounts. communities: of each account.
    radii: of each account, in the same unit as y. Communities begin around a circle, so that they
    end side by side, and give way to each other; the pull of a tie grows with the logarithm of its
    weight, because one tie of a hundred posts would else hide all others.

    Jacomy et al. (2014), "ForceAtlas2", PLoS ONE 9(6), with linear-logarithmic attraction. That
    communities have ground of their own is Rodrigues et al. (2011), "Group-in-a-Box Layout".
    """
    count = len(communities)
    if count == 0:
        return np.zeros((0, 2))
    if count == 1:
        return np.array([[width / 2, 0.5]])
    pull = _pull(edges, communities)
    places = _begin(communities)
    mass = 1.0 + (pull > 0).sum(axis=1)
    members = [np.array(communities) == name for name in sorted(set(communities)) if name >= 0]
    for step in range(_STEPS):
        move = _forces(places, pull, mass)
        length = np.sqrt((move**2).sum(axis=1, keepdims=True))
        # Ever shorter steps: no account runs away, and in the end all come to rest.
        most = _FARTHEST * (1 - step / _STEPS)
        places = places + move * np.minimum(1.0, most / np.maximum(length, 1e-9))
        places = _given_way(places, members)
    return _apart(_filled(places, width), radii, width)


def _pull(edges: Sequence[tuple[int, int, int]], communities: Sequence[int]) -> Places:
    """Give how strongly each two accounts are tied: symmetric."""
    pull = np.zeros((len(communities), len(communities)))
    for source, target, weight in edges:
        close = _INSIDE if communities[source] == communities[target] >= 0 else _ACROSS
        pull[source, target] += close * math.log1p(weight)
        pull[target, source] = pull[source, target]
    return pull


def _forces(places: Places, pull: Places, mass: Places) -> Places:
    """Give where each account is drawn: to its ties, away from all others, to the middle."""
    x, y = (places[None, :, axis] - places[:, None, axis] for axis in (0, 1))
    squared = x * x + y * y + 1e-12
    # What one account does to another, over their distance: away from it, and to it along a tie.
    force = -_REPULSION * mass[:, None] * mass[None, :] / squared
    one, other = np.nonzero(pull)
    distance = np.sqrt(squared[one, other])
    force[one, other] += pull[one, other] * np.log1p(distance) / distance
    np.fill_diagonal(force, 0.0)
    drawn = np.stack([(force * x).sum(axis=1), (force * y).sum(axis=1)], axis=1)
    far = np.sqrt((places**2).sum(axis=1, keepdims=True)) + 1e-6
    # A part without ties to the others is held by this alone; it grows with the distance.
    return np.asarray(
        (drawn - _GRAVITY * mass[:, None] * _FLAT * places * far**0.5) / mass[:, None]
    )


def _begin(communities: Sequence[int]) -> Places:
    """Put each community on its own part of a circle, its members in a spiral around it."""
    names = sorted(set(communities))
    angle = {name: 2 * math.pi * place / len(names) for place, name in enumerate(names)}
    seen = dict.fromkeys(names, 0)
    places = np.zeros((len(communities), 2))
    for number, name in enumerate(communities):
        seen[name] += 1
        turn, far = 2.4 * seen[name], 0.3 * math.sqrt(seen[name])
        places[number] = (
            9 * math.cos(angle[name]) + far * math.cos(turn),
            6 * math.sin(angle[name]) + far * math.sin(turn),
        )
    return places


def _given_way(places: Places, members: Sequence[NDArray[np.bool_]]) -> Places:
    """Move communities that lie on each other a little apart, each as a whole."""
    middles = [places[who].mean(axis=0) for who in members]
    radii = [
        float(np.sqrt(((places[who] - middle) ** 2).sum(axis=1).mean()))
        for who, middle in zip(members, middles, strict=True)
    ]
    moved = places.copy()
    for one, who in enumerate(members):
        for other in range(one):
            way = middles[one] - middles[other]
            far = float(np.hypot(*way)) + 1e-9
            short = max(_ROOM * (radii[one] + radii[other]) - far, 0.0)
            moved[who] += way / far * short * _YIELD
            moved[members[other]] -= way / far * short * _YIELD
    return moved


def _filled(places: Places, width: float) -> Places:
    """Stretch to the frame. Lone far-away ones must not press all others into a corner, nor many
    end on one line at the rim: who is farther out than most is drawn in, the farther the more."""
    low, high = np.quantile(places, (0.06, 0.94), axis=0)
    scaled = (places - (low + high) / 2) / np.maximum((high - low) / 2, 1e-9)
    scaled /= (1 + np.abs(scaled / 1.15) ** 6) ** (1 / 6)
    scaled /= np.maximum(np.abs(scaled).max(axis=0), 1e-9)
    room = np.array([width, 1.0]) - 2 * _MARGIN
    return np.asarray(_MARGIN + (scaled + 1) / 2 * room, dtype=np.float64)


def _apart(places: Places, radii: Sequence[float], width: float) -> Places:
    """Push those apart that lie on each other."""
    size = np.asarray(radii, dtype=np.float64)
    least = size[:, None] + size[None, :] + _APART
    jitter = np.random.default_rng(_SEED).normal(0, 1e-4, places.shape)
    moved = places + jitter
    for _ in range(_PUSHES):
        x, y = (moved[:, None, axis] - moved[None, :, axis] for axis in (0, 1))
        distance = np.sqrt(x * x + y * y) + np.eye(len(moved))
        one, other = np.nonzero(np.triu(distance < least, 1))
        if not one.size:
            break
        near = distance[one, other]
        push = 0.3 * ((least[one, other] - near) / near)[:, None] * (moved[one] - moved[other])
        np.add.at(moved, one, push)
        np.add.at(moved, other, -push)
        low, high = size[:, None], np.array([width, 1.0]) - size[:, None]
        moved = np.clip(moved, low, high)
    return np.asarray(moved, dtype=np.float64)
