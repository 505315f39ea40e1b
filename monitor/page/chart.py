"""The map of who amplified whom, as a picture that can be read without a program beside it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

from monitor.page.story import Map, MapNode
from monitor.page.svg import short

_WIDE, _HIGH = 1500.0, 1000.0
_LEAST_LETTERED = 3
_LONGEST = 20
_NAMED_NARROW = 7
_NAMED = 24  # accounts whose name stands on the map without pointing at them


def map_svg(drawn: Map, title: str) -> str:
    """Draw the map: circles by community, as large as they were amplified, and who did it."""
    parts = [
        f'<svg class="map" viewBox="0 0 {_WIDE:g} {_HIGH:g}" role="img" '
        f'aria-label="{escape(title)}"><g id="map-all">',
        '<g class="letters" aria-hidden="true">',
        *_letters(drawn),
        '</g><g class="ties">',
        *_ties(drawn),
        '</g><g class="accounts">',
        *_accounts(drawn),
        '</g><g class="names" aria-hidden="true">',
        *_names(drawn),
        "</g></g></svg>",
    ]
    return "".join(parts)


def _letters(drawn: Map) -> list[str]:
    """Write the letter of each community where it lies: not everybody tells colours apart."""
    parts = []
    for place, one in enumerate(drawn.communities):
        members = [node for node in drawn.nodes if node.community == place]
        if len(members) < _LEAST_LETTERED:
            continue
        x = median(node.x for node in members)
        y = median(node.y for node in members)
        parts.append(
            f'<text class="letter c{place}" x="{short(1000 * x)}" y="{short(1000 * y + 22)}" '
            f'text-anchor="middle">{one.letter}</text>'
        )
    return parts


def _ties(drawn: Map) -> list[str]:
    """Draw ties as gentle curves to the right, so that both ways of a pair can be seen."""
    parts = []
    for edge in drawn.edges:
        one, other = drawn.nodes[edge.source], drawn.nodes[edge.target]
        x1, y1, x2, y2 = (1000 * v for v in (one.x, one.y, other.x, other.y))
        bend_x, bend_y = (x1 + x2) / 2 - (y2 - y1) * 0.12, (y1 + y2) / 2 + (x2 - x1) * 0.12
        same = one.community if one.community == other.community else -1
        width = min(1 + 0.9 * (edge.weight - 1) ** 0.5, 8)
        parts.append(
            f'<path class="tie c{same}" data-s="{edge.source}" data-t="{edge.target}" '
            f'data-n="{edge.step}" stroke-width="{short(width)}" d="M{short(x1)} {short(y1)}'
            f'Q{short(bend_x)} {short(bend_y)} {short(x2)} {short(y2)}"/>'
        )
    return parts


def _accounts(drawn: Map) -> list[str]:
    parts = []
    for number, node in enumerate(drawn.nodes):
        ring = " bridge" if node.is_bridge else ""
        parts.append(
            f'<circle class="account c{node.community}{ring}" data-i="{number}" '
            f'data-n="{node.step}" cx="{short(1000 * node.x)}" cy="{short(1000 * node.y)}" '
            f'r="{short(1000 * node.size)}"/>'
        )
    return parts


def _names(drawn: Map) -> list[str]:
    """Name the largest, but none so that it would lie on another; on phones, where letters are
    larger beside the map, those of `.more` are left out."""
    order = sorted(range(len(drawn.nodes)), key=lambda n: (-drawn.nodes[n].size, n))
    large = set(_free(drawn, order, _Letters(20.0, 44.0), most=_NAMED_NARROW, inside=True))
    parts = []
    for number in _free(drawn, order, _Letters(10.2, 22.0), most=_NAMED, first=large):
        node = drawn.nodes[number]
        x, y = _above(node, _Letters(10.2, 22.0))
        more = "" if number in large else ' class="more"'
        parts.append(
            f'<text{more} data-i="{number}" data-n="{node.step}" x="{short(x)}" y="{short(y)}" '
            f'text-anchor="middle">{escape(_short(node.name))}</text>'
        )
    return parts


@dataclass(frozen=True, slots=True)
class _Letters:
    wide: float  # of one letter
    high: float  # of a line


def _above(node: MapNode, letters: _Letters) -> tuple[float, float]:
    """Give where a name stands: above its circle, inside the frame."""
    half = letters.wide * len(_short(node.name)) / 2 + 4
    x = min(max(1000 * node.x, half), _WIDE - half)
    return x, max(1000 * (node.y - node.size) - 6, 16)


def _free(
    drawn: Map,
    order: Sequence[int],
    letters: _Letters,
    *,
    most: int,
    inside: bool = False,
    first: Collection[int] = (),
) -> list[int]:
    """Choose accounts whose names lie on no other's. inside: only what need not be moved for it."""
    taken: list[tuple[float, float, float]] = []
    chosen = []
    for number in sorted(order, key=lambda n: n not in first):
        node = drawn.nodes[number]
        x, y = _above(node, letters)
        half = letters.wide * len(_short(node.name)) / 2 + 4
        if inside and (abs(x - 1000 * node.x) > 1 or y < letters.high):
            continue
        if any(
            abs(x - other_x) < half + other_half and abs(y - other_y) < letters.high
            for other_x, other_y, other_half in taken
        ):
            continue
        taken.append((x, y, half))
        chosen.append(number)
        if len(chosen) == most:
            break
    return chosen


def _short(name: str) -> str:
    """Give a name as it fits on the map.

    >>> _short("@ana@nusantara.example"), _short("@budi.bsky.social"), _short("@" + "a" * 30)
    ('@ana', '@budi.bsky.social', '@aaaaaaaaaaaaaaaaaa…')
    """
    local = name[:1] + name[1:].partition("@")[0]
    return local if len(local) <= _LONGEST else f"{local[: _LONGEST - 1]}…"


def map_data(drawn: Map, times: list[str]) -> str:
    """Give what the page's program needs beside the picture, as JSON that is safe in HTML."""
    letters = [one.letter for one in drawn.communities]
    data = {
        "accounts": [
            [
                node.name,
                letters[node.community] if node.community >= 0 else None,
                node.amplified,
                node.amplified_by,
                node.amplifies,
                int(node.is_bridge),
            ]
            for node in drawn.nodes
        ],
        "times": times,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
