"""The map of who amplified whom, as a picture that can be read without a program beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from monitor.page.lettering import HIGH, WIDE, Title, names, titles
from monitor.page.story import Map
from monitor.page.svg import short


def map_svg(drawn: Map, title: str) -> str:
    """Draw the map: circles by community, as large as they were amplified, and who did it."""
    told = titles(drawn)
    parts = [
        f'<svg class="map" viewBox="0 0 {WIDE:g} {HIGH:g}" role="img" '
        f'aria-label="{escape(title)}"><g id="map-all">',
        '<g class="ties">',
        *_ties(drawn),
        '</g><g class="accounts">',
        *_accounts(drawn),
        '</g><g class="names" aria-hidden="true">',
        *_titles(told),
        *_names(drawn, told),
        "</g></g></svg>",
    ]
    return "".join(parts)


def _titles(told: Sequence[Title]) -> list[str]:
    """Write the letter and words of each community beside it: not everybody tells colours apart."""
    return [
        f'<text class="title" x="{short(one.wide.x)}" y="{short(one.wide.y)}" '
        f'text-anchor="middle"><tspan class="c{one.place}">{one.letter}</tspan>'
        f"<tspan> {escape(one.words)}</tspan></text>"
        f'<text class="title letter c{one.place}" x="{short(one.narrow.x)}" '
        f'y="{short(one.narrow.y)}" text-anchor="middle">{one.letter}</text>'
        for one in told
    ]


def _ties(drawn: Map) -> list[str]:
    """Draw ties as gentle curves to the right, so that both ways of a pair can be seen."""
    parts: tuple[list[str], list[str]] = ([], [])  # across first: beneath those inside
    for edge in drawn.edges:
        one, other = drawn.nodes[edge.source], drawn.nodes[edge.target]
        x1, y1, x2, y2 = (1000 * v for v in (one.x, one.y, other.x, other.y))
        bend_x, bend_y = (x1 + x2) / 2 - (y2 - y1) * 0.12, (y1 + y2) / 2 + (x2 - x1) * 0.12
        same = one.community if one.community == other.community else -1
        width = min(1 + 0.9 * (edge.weight - 1) ** 0.5, 8)
        parts[same >= 0].append(
            f'<path class="tie c{same}" data-s="{edge.source}" data-t="{edge.target}" '
            f'data-n="{edge.step}" stroke-width="{short(width)}" d="M{short(x1)} {short(y1)}'
            f'Q{short(bend_x)} {short(bend_y)} {short(x2)} {short(y2)}"/>'
        )
    return [*parts[0], *parts[1]]


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


def _names(drawn: Map, told: Sequence[Title]) -> list[str]:
    """Write the names of accounts; those of `.more` are left out on phones."""
    parts = []
    for one in names(drawn, told):
        more = "" if one.is_large else ' class="more"'
        parts.append(
            f'<text{more} data-i="{one.number}" data-n="{drawn.nodes[one.number].step}" '
            f'x="{short(one.x)}" y="{short(one.y)}" text-anchor="middle">{escape(one.text)}</text>'
        )
    return parts


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
