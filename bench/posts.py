"""Simulated posts with groups that act together: `python -m bench.posts COUNT FOLDER`.

30 % originals, 62 % reposts, 8 % replies, minus what is planted; activity and popularity have heavy
tails, over a week with two humps a day; reposts follow after 90 minutes (median, log-normal). One
original in 25 uses one of 300 "share button" texts, one in three a link. Planted are count / 50,000
groups (at least four) of each kind (repost, copy, link), of 8 to 24 accounts with 12 to 30 joint
actions, in which each takes part four times in five, within 45 seconds. The same count and seed
give the same bytes. The columns are those that coordination-network-toolkit reads.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

SEED = 42
_KINDS = ("retweet", "copy", "link")
_START, _WEEK = 1_700_000_000, 7 * 86_400
_TAGS, _SHARE_BUTTONS = 200, 300
_FIRST_POST, _FIRST_ACCOUNT = 1_000_000_000, 100_000
_SPELLED = (
    "apple banana cedar dawn ember forest garden harbor island jungle kettle lantern market night "
    "ocean people queue river school tower union valley water yellow zone street vote march strike "
    "price court law doctor nurse teacher farmer worker student city town road bridge power light "
    "food rent wage bank tax report news video photo truth story leader party minister budget "
    "reform protest rally support demand"
)
_WORDS = np.array(_SPELLED.split(" "))
_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Written:
    """The files of one simulation."""

    csv: Path
    truth: Path  # user_id, group, kind of the planted accounts


@dataclass(frozen=True, slots=True)
class _Action:
    """What a planted group does once."""

    group: int
    number: int
    authors: _Ints
    at: _Ints


@dataclass(frozen=True, slots=True)
class _Drafts:
    """Posts before they have ids; -1: of no other post."""

    author: _Ints
    at: _Ints
    repost_of: _Ints
    reply_to: _Ints
    text: list[str]
    url: list[str]


def written(folder: Path, count: int, *, seed: int = SEED, viral: int = 0) -> Written:
    """Write a simulation. viral: so many posts get count / 100 reposts each within minutes."""
    drawn = _Drawing(count, seed, viral)
    posts, truth = drawn.posts()
    name = f"{count}_viral" if viral else f"{count}"
    files = Written(folder / f"posts_{name}.csv", folder / f"truth_{name}.csv")
    posts.write_csv(files.csv, line_terminator="\r\n")
    truth.write_csv(files.truth, line_terminator="\r\n")
    return files


class _Drawing:
    """Draws everything in one fixed order, which is what makes the bytes the same."""

    def __init__(self, count: int, seed: int, viral: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.count, self.viral = count, viral
        self.organic = max(200, count // 8)
        self.groups = max(4, count // 50_000)
        self.members: list[tuple[int, str, str]] = []
        self.planted = {kind: list(self._planned(kind)) for kind in _KINDS}
        self.activity = _zipf(self.organic, 0.85, 20.0)
        self.places = self.rng.permutation(self.organic)

    def posts(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give the posts by time, and the truth about the planted accounts."""
        many = sum(len(action.authors) for kind in _KINDS for action in self.planted[kind])
        originals, replies = int(self.count * 0.30), int(self.count * 0.08)
        own = self._originals(originals)
        popularity, which = _zipf(originals, 1.0, 30.0), self.rng.permutation(originals)
        reposts = self.count - originals - replies - many
        parts = [own, self._reposts(own, reposts, popularity, which)]
        parts.append(self._replies(own, replies, popularity, which))
        parts.extend(self._acted(own))
        return self._numbered(parts)

    def _planned(self, kind: str) -> Iterator[_Action]:
        rng = self.rng
        for group in range(self.groups):
            size, actions = int(rng.integers(8, 25)), int(rng.integers(12, 31))
            first = self.organic + len(self.members)
            authors = np.arange(first, first + size)
            self.members += [(int(author), f"{kind}{group}", kind) for author in authors]
            for number in range(actions):
                begun = _START + int(rng.integers(3_600, _WEEK - 3_600))
                active = authors[rng.random(size) < 0.8]
                yield _Action(group, number, active, begun + rng.integers(0, 46, active.size))

    def _authors(self, count: int) -> _Ints:
        chosen: _Ints = self.places[self.rng.choice(self.organic, count, p=self.activity)]
        return chosen

    def _times(self, count: int) -> _Ints:
        rng = self.rng
        day = rng.integers(0, 7, count)
        is_morning = rng.random(count) < 0.5
        morning, evening = rng.normal(9.5, 2.5, count), rng.normal(19.5, 2.5, count)
        hour = np.where(is_morning, morning, evening) % 24
        since: _Ints = (day * 86_400 + hour * 3_600).astype(np.int64)
        return _START + since

    def _originals(self, count: int) -> _Drafts:
        rng = self.rng
        authors, at = self._authors(count), self._times(count)
        lengths = rng.integers(5, 14, count)
        tags = rng.choice(_TAGS, count, p=_zipf(_TAGS, 1.1))
        buttons = [
            " ".join(rng.choice(_WORDS, 9)) + f" #tag{int(rng.integers(0, 20))}"
            for _ in range(_SHARE_BUTTONS)
        ]
        is_button = rng.random(count) < 0.04
        button = rng.choice(_SHARE_BUTTONS, count, p=_zipf(_SHARE_BUTTONS, 1.0))
        pages = max(50, self.count // 60)
        has_link = rng.random(count) < 0.35
        page = rng.choice(pages, count, p=_zipf(pages, 0.9, 5.0))
        words = _WORDS[rng.integers(0, len(_WORDS), int(lengths.sum()))]
        ends = np.cumsum(lengths)
        texts = [
            buttons[button[i]]
            if is_button[i]
            else " ".join(words[ends[i] - lengths[i] : ends[i]]) + f" #tag{tags[i]}"
            for i in range(count)
        ]
        urls = [
            f"https://news{page[i] % 97}.example/a/{page[i]}" if has_link[i] else ""
            for i in range(count)
        ]
        return _Drafts(authors, at, _none(count), _none(count), texts, urls)

    def _reposts(self, own: _Drafts, count: int, popularity: _Floats, which: _Ints) -> _Drafts:
        rng = self.rng
        of = which[rng.choice(len(which), count, p=popularity)]
        at = self._later(own.at[of], median=5_400, spread=1.6)
        if self.viral:
            each = self.count // 100
            some = rng.choice(len(which), self.viral, replace=False)
            of[: self.viral * each] = np.repeat(some, each)
            begun = own.at[of[: self.viral * each]]
            at[: self.viral * each] = self._later(begun, median=900, spread=0.8)
        texts = [f"RT @u{own.author[i]}: {own.text[i]}" for i in of]
        return _Drafts(self._authors(count), at, of, _none(count), texts, [""] * count)

    def _replies(self, own: _Drafts, count: int, popularity: _Floats, which: _Ints) -> _Drafts:
        to = which[self.rng.choice(len(which), count, p=popularity)]
        at = self._later(own.at[to], median=3_600, spread=1.5)
        authors = self._authors(count)
        words = _WORDS[self.rng.integers(0, len(_WORDS), (count, 6))]
        texts = [f"@u{own.author[i]} " + " ".join(said) for i, said in zip(to, words, strict=True)]
        return _Drafts(authors, at, _none(count), to, texts, [""] * count)

    def _later(self, since: _Ints, *, median: float, spread: float) -> _Ints:
        delay = np.exp(self.rng.normal(np.log(median), spread, len(since)))
        return since + delay.astype(np.int64) + 1

    def _acted(self, own: _Drafts) -> Iterator[_Drafts]:
        """Give what the planted groups post."""
        rng = self.rng
        for kind in _KINDS:
            for action in self.planted[kind]:
                size = len(action.authors)
                of, urls = _none(size), [""] * size
                if kind == "retweet":
                    shared = int(rng.integers(0, len(own.text)))
                    of = np.full(size, shared)
                    texts = [f"RT @u{own.author[shared]}: {own.text[shared]}"] * size
                elif kind == "copy":
                    copied = " ".join(rng.choice(_WORDS, 11)) + f" #push{action.group}"
                    texts = [f"@u{int(rng.integers(0, self.organic))} {copied}" for _ in of]
                else:
                    tag = f" #tag{action.group % 20}"
                    texts = [" ".join(rng.choice(_WORDS, 8)) + tag for _ in of]
                    urls = [f"https://push{action.group}.example/p/{action.number}"] * size
                yield _Drafts(action.authors, action.at, of, _none(size), texts, urls)

    def _numbered(self, parts: list[_Drafts]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give ids in the order of time, and accounts numbers that tell nothing."""
        author, at = (
            np.concatenate([getattr(p, name) for p in parts]) for name in ("author", "at")
        )
        order = np.lexsort((np.arange(self.count), at))
        ids = np.empty(self.count, np.int64)
        ids[order] = _FIRST_POST + np.arange(self.count) * 7
        labels = self.rng.permutation(self.organic + len(self.members)) + _FIRST_ACCOUNT
        accounts = labels[author]
        posts = pl.DataFrame(
            {
                "message_id": ids,
                "user_id": accounts,
                "username": [f"u{account}" for account in accounts],
                "repost_id": _ids_of(ids, np.concatenate([p.repost_of for p in parts])),
                "reply_id": _ids_of(ids, np.concatenate([p.reply_to for p in parts])),
                "message": [text for p in parts for text in p.text],
                "timestamp": at,
                "urls": [url or None for p in parts for url in p.url],
            }
        )
        truth = [(int(labels[member]), group, kind) for member, group, kind in self.members]
        return posts[order], pl.DataFrame(truth, ["user_id", "group", "kind"], orient="row")


def _ids_of(ids: _Ints, of: _Ints) -> pl.Series:
    return pl.Series([int(ids[i]) if i >= 0 else None for i in of], dtype=pl.Int64)


def _none(count: int) -> _Ints:
    return np.full(count, -1, dtype=np.int64)


def _zipf(count: int, slope: float, shift: float = 2.0) -> _Floats:
    weights = 1.0 / np.power(np.arange(count) + shift, slope)
    return weights / weights.sum()  # type: ignore[no-any-return]


def main() -> None:
    """Write a simulation and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m bench.posts", description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--viral", type=int, default=0, metavar="POSTS")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    print(written(given.folder, given.count, seed=given.seed, viral=given.viral).csv)


if __name__ == "__main__":
    main()
