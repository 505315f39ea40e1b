"""Where text stands on the map: names of communities and accounts, none on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from monitor.page.story import Map, MapCommunity, MapNode

WIDE, HIGH = 1500.0, 1000.0  # of the picture
_LONGEST_NAME, _LONGEST_TITLE = 20, 24
_LEAST_TITLED = 3  # accounts on the map
_OF_EACH = 2  # accounts of each community that are named before others
_NAMED, _NAMED_NARROW = 24, 7
_ON_OTHERS = 12.0  # how much worse a title on a title is than one on an account
_OUTSIDE = 3.0  # how much worse one outside the frame is, for each letter


@dataclass(frozen=True, slots=True)
class _Letters:
    """How large text is, in the units of the picture; bold, as the style sheet has it."""

    size: float

    @property
    def high(self) -> float:
        return 1.45 * self.size

    def half(self, text: str) -> float:
        return 0.34 * self.size * len(text) + 4


_NAME, _TITLE = _Letters(19.0), _Letters(26.0)
_NAME_NARROW, _TITLE_NARROW = _Letters(42.0), _Letters(64.0)  # on phones, where the map is small


@dataclass(frozen=True, slots=True)
class Box:
    """Text around x, its base at y."""

    x: float
    y: float
    half: float  # of its width
    high: float

    def meets(self, other: Box) -> bool:
        """Tell whether two texts lie on each other."""
        aside = abs(self.x - other.x) >= self.half + other.half
        apart = abs(self.middle - other.middle) >= (self.high + other.high) / 2
        return not (aside or apart)

    def covers(self, node: MapNode) -> bool:
        """Tell whether it lies on an account."""
        reach = 1000 * node.size
        return (
            abs(self.x - 1000 * node.x) < self.half + reach
            and abs(self.middle - 1000 * node.y) < self.high / 2 + reach
        )

    @property
    def middle(self) -> float:
        return self.y - 0.25 * self.high


@dataclass(frozen=True, slots=True)
class Title:
    """The name of a community on the map. narrow: where its letter alone stands on phones."""

    place: int  # among the communities
    letter: str
    words: str  # that stand after the letter; none: there is nothing that marks it
    wide: Box
    narrow: Box


@dataclass(frozen=True, slots=True)
class Name:
    """The name of an account on the map."""

    number: int
    text: str
    x: float
    y: float
    is_large: bool  # shown on phones, too


def titles(drawn: Map) -> list[Title]:
    """Find a place for the name of each community that can be seen: beside its accounts."""
    told: list[Title] = []
    for place, one in enumerate(drawn.communities):
        members = [node for node in drawn.nodes if node.community == place]
        if len(members) < _LEAST_TITLED:
            continue
        words = marking(one)
        text = f"{one.letter} {words}".strip()
        told.append(
            Title(
                place=place,
                letter=one.letter,
                words=words,
                wide=_beside(drawn, members, text, _TITLE, [other.wide for other in told]),
                narrow=_beside(
                    drawn, members, one.letter, _TITLE_NARROW, [other.narrow for other in told]
                ),
            )
        )
    return told


def marking(one: MapCommunity) -> str:
    """Give what a community is called on the map: one or two words that mark it, else the account
    that it is named by; nothing where neither fits, or may be told."""
    names_ = [", ".join(one.words[:2]), *one.words[:1]]
    if one.around is not None and not one.words:
        names_ = [short_name(one.around)]
    return next((name for name in names_ if len(name) <= _LONGEST_TITLE), "")


def _beside(
    drawn: Map, members: Sequence[MapNode], text: str, letters: _Letters, taken: Sequence[Box]
) -> Box:
    """Choose a place above, below or between accounts, where it hides least."""
    half = letters.half(text)
    x = min(max(1000 * median(node.x for node in members), half), WIDE - half)
    top = min(1000 * (node.y - node.size) for node in members)
    end = max(1000 * (node.y + node.size) for node in members)
    middle = 1000 * median(node.y for node in members)
    bases = [top - 8, end + letters.size, *(middle + n * letters.size for n in (0, -2, 2, -4, 4))]

    def worse(box: Box) -> float:
        outside = max(letters.size - box.y, box.y - HIGH, 0.0) / letters.size
        on_others = sum(box.meets(other) for other in taken)
        return sum(map(box.covers, drawn.nodes)) + _ON_OTHERS * on_others + _OUTSIDE * outside

    boxes = [Box(x, base, half, letters.high) for base in bases]
    best = min(boxes, key=worse)
    return Box(x, min(max(best.y, letters.size), HIGH - 8), half, letters.high)


def names(drawn: Map, told: Sequence[Title]) -> list[Name]:
    """Name the most amplified of each community, bridges, and then the largest, as long as there
    is room. On phones, where letters are larger beside the map, fewer stand there."""
    order = list(_in_turn(drawn))
    large = _free(drawn, order, _NAME_NARROW, [one.narrow for one in told], _fits, _NAMED_NARROW)
    both = [*large, *(number for number in order if number not in large)]
    found = _free(drawn, both, _NAME, [one.wide for one in told], lambda *_: True, _NAMED)
    return [
        Name(number, short_name(drawn.nodes[number].name), box.x, box.y, number in large)
        for number, box in found.items()
    ]


def _in_turn(drawn: Map) -> Iterator[int]:
    """Give accounts in the order in which they are named."""
    by_size = sorted(range(len(drawn.nodes)), key=lambda n: (-drawn.nodes[n].size, n))
    of: dict[int, int] = {}
    first = []
    for number in by_size:
        place = drawn.nodes[number].community
        of[place] = of.get(place, 0) + 1
        if of[place] <= _OF_EACH and place >= 0:
            first.append(number)
    return iter(dict.fromkeys([*first, *by_size]))


def _fits(node: MapNode, box: Box) -> bool:
    """Tell whether text need not be moved to lie inside."""
    return abs(box.x - 1000 * node.x) <= 1 and box.y >= box.high


def _free(
    drawn: Map,
    order: Sequence[int],
    letters: _Letters,
    taken: Sequence[Box],
    fits: Callable[[MapNode, Box], bool],
    most: int,
) -> dict[int, Box]:
    """Choose accounts whose names lie on no other text, and where they stand."""
    boxes = list(taken)
    found: dict[int, Box] = {}
    for number in order:
        node = drawn.nodes[number]
        box = _above(node, letters)
        if len(found) == most:
            break
        if fits(node, box) and not any(map(box.meets, boxes)):
            boxes.append(box)
            found[number] = box
    return found


def _above(node: MapNode, letters: _Letters) -> Box:
    """Give where a name stands: above its circle, inside the frame."""
    half = letters.half(short_name(node.name))
    x = min(max(1000 * node.x, half), WIDE - half)
    return Box(x, max(1000 * (node.y - node.size) - 6, letters.size), half, letters.high)


def short_name(name: str) -> str:
    """Give a name as it fits on the map.

    >>> [short_name(one) for one in ("@ana@nusantara.example", "@b.bsky.social", "@" + "a" * 30)]
    ['@ana', '@b.bsky.social', '@aaaaaaaaaaaaaaaaaa…']
    """
    local = name[:1] + name[1:].partition("@")[0]
    return local if len(local) <= _LONGEST_NAME else f"{local[: _LONGEST_NAME - 1]}…"
