"""Turn after turn, what is remembered of a watch is what computing it anew would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collectors.page import page_of
from collectors.records import Post, Removal
from monitor.coordination import Asked, Found, Memory, Moving, coordinated
from monitor.coordination import moving as module
from monitor.engines import engine_of
from monitor.inputs import Wanted
from monitor.inputs.stored import StoreInput
from monitor.store import Store, StoreFile
from tests.many import examples

NOW = datetime(2026, 8, 18, 11, 30, tzinfo=UTC)
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
GROUP, CROWD = 6, 24


def post(key: str, author: str, at: datetime, text: str, **more: Any) -> Post:
    kind: Literal["repost", "original"] = "repost" if "repost_of_key" in more else "original"
    tags = ("air", "banjir") if len(text) % 2 else ("air",)
    return Post(
        post_key=f"x:{key}", platform="x", author_key=f"x:{author}", kind=kind, created_at=at,
        text=text, hashtags_raw=tags, **more,
    )  # fmt: skip


def crowd() -> list[Post]:
    """People who say each their own, and now and then pass on the same."""
    made = []
    for n in range(120):
        at = NOW - timedelta(hours=30) + n * 15 * MINUTE
        text = f"kabar {n} dari warga kampung {n * 7} tentang air bersih hari {n}"
        made.append(post(f"c{n}", f"p{n % CROWD}", at, text))
        if n % 3 == 0:
            made.append(
                post(f"r{n}", f"p{(n + 5) % CROWD}", at + 9 * SECOND, "", repost_of_key="x:c3")
            )
    return made


def push(times: int) -> list[Post]:
    """A group says nearly the same within seconds, with one link."""
    at = NOW - timedelta(hours=25) + times * 3 * timedelta(hours=1)
    said = f"tuntut bagian {times} janji pipa baru kepada walikota sekarang juga demi warga kota"
    return [
        post(
            f"g{times}-{n}", f"g{n}", at + n * 4 * SECOND, said + (" ayo" if n % 2 else ""),
            urls=(f"https://air.id/{times}",),
        )
        for n in range(GROUP)
    ]  # fmt: skip


BATCHES: list[list[Post]] = [crowd()[:70], crowd()[70:], *(push(times) for times in range(9))]

_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("posts"), st.integers(0, len(BATCHES) - 1)),  # late ones and repeats, too
        st.tuples(st.just("fuller"), st.integers(0, 9)),
        st.tuples(st.just("deleted"), st.integers(0, 9)),
        st.tuples(st.just("erased"), st.integers(0, GROUP - 1)),
        st.tuples(st.just("later"), st.integers(1, 10)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("turn"), st.just(0)),
    ),
    min_size=3,
    max_size=12,
)


def anew(store: Store, wanted: Wanted) -> Found:
    with closing(engine_of("polars")) as engine:
        source = StoreInput(lambda: nullcontext(store), wanted)
        return coordinated(source, Asked(scored=False, keyed=True), engine)


def told(found: Found) -> list[Any]:
    tables = (found.edge_table, found.evidence_table, found.together)
    accounts = found.account_table.drop("handle").sort("account")
    rest = (found.groups, found.posts, found.accounts, found.tested, found.insufficient, found.by)
    return [*(table.rows() for table in (*tables, accounts)), *rest]


class World:
    """A store, a clock and what is remembered."""

    def __init__(self, store: Store) -> None:
        self.store, self.now, self.moving = store, NOW - timedelta(hours=8), Moving()

    @property
    def wanted(self) -> Wanted:
        return Wanted("air", ("air",), watch="air", since=self.now - DAY, until=self.now)

    def turn(self) -> Found:
        return self.moving.found(self.store, self.wanted)

    def add(self, posts: Sequence[Post]) -> None:
        self.store.posts.add(page_of(posts=list(posts)), source="x", now=self.now)

    def step(self, what: str, which: int) -> None:
        steps: dict[str, Callable[[], Any]] = {
            "posts": lambda: self.add(BATCHES[which]),
            "fuller": lambda: self.add([
                replace(one, text=f"{one.text} dan seterusnya") for one in push(which)[:3]
            ]),
            "deleted": lambda: self.store.posts.add(
                page_of(removals=[
                    Removal(kind="post", key=f"x:g{which}-{n}", reason="deleted",
                            removed_at=self.now)
                    for n in range(4)
                ]),
                source="x", now=self.now,
            ),
            "erased": lambda: self.store.privacy.erase(f"x:g{which}", now=self.now),
            "later": lambda: setattr(self, "now", self.now + which * 53 * MINUTE),
            "restart": lambda: setattr(self, "moving", Moving()),
            "turn": self.turn,
        }  # fmt: skip
        steps[what]()


# Shrinking would take minutes: a sequence that fails is short as it is.
@pytest.mark.fuzz
@settings(
    deadline=None,
    max_examples=examples(16, least=4),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(_STEPS)
def test_after_any_turns_what_is_remembered_is_what_computing_anew_gives(
    steps: list[tuple[str, int]],
) -> None:
    with TemporaryDirectory() as folder, StoreFile(Path(folder) / "s.duckdb").open() as store:
        world = World(store)
        world.add([*BATCHES[0], *BATCHES[1], *(one for times in (6, 7) for one in push(times))])
        world.turn()
        for what, which in steps:
            world.step(what, which)
            if what != "turn":
                assert told(world.turn()) == told(anew(store, world.wanted))


def full(store: Store) -> World:
    world = World(store)
    world.now = NOW  # first: what comes from the future is put at the time that it comes
    world.add([one for batch in BATCHES for one in batch])
    return world


def test_the_group_is_found_and_a_turn_reads_only_what_is_new(stores: StoreFile) -> None:
    with stores.open() as store:
        world = full(store)
        # Each half has its own wording.
        members = [key for group in world.turn().groups for key in group.accounts]
        assert sorted(members) == [f"x:g{n}" for n in range(GROUP)]
        assert world.moving.read > 100
        world.add(push(5))  # the same again
        assert world.turn() is world.turn()
        assert world.moving.read == 0
        world.now += 2 * MINUTE
        late = post(
            "late", "p3", NOW - 3 * MINUTE, "satu kabar lagi yang datang terlambat dari sini"
        )
        world.add([late])
        world.turn()
        assert world.moving.read == 1


def test_what_has_left_the_day_is_dropped(stores: StoreFile) -> None:
    with stores.open() as store:
        world = full(store)
        world.turn()
        world.now += 40 * timedelta(hours=1)
        found = world.turn()
        assert (found.posts, found.groups) == (0, [])


def test_more_meetings_than_are_kept_are_counted_anew(stores: StoreFile, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "_MOST_KEPT", 3)
    with stores.open() as store:
        world = full(store)
        for _ in range(2):
            world.now += MINUTE
            assert told(world.turn()) == told(anew(store, world.wanted))


def test_a_watch_that_is_forgotten_is_rebuilt(stores: StoreFile) -> None:
    with stores.open() as store:
        memory, world = Memory(), full(store)
        first = memory.of("air")
        assert memory.of("air") is first
        memory.forget("air")
        assert told(memory.of("air").found(store, world.wanted)) == told(world.turn())
        assert isinstance(first, Moving)


def test_marks_change_with_what_is_compared(stores: StoreFile) -> None:
    with stores.open() as store:
        world = full(store)
        selection = world.wanted.target.selection(world.wanted.since, world.wanted.until)
        before = store.gathered.marks(selection, ["text", "sort_at"])
        one = push(5)[0]
        world.add([replace(one, text=f"{one.text} dan lebih panjang lagi")])
        after = store.gathered.marks(selection, ["text", "sort_at"])
        changed = after.join(before, on=["post_key", "mark"], how="anti")
        assert changed["post_key"].to_list() == [one.post_key]
        assert before.schema == {"post_key": pl.String, "mark": pl.UInt64}
