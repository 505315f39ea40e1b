"""What nobody expected of a source ends neither the others nor the process, and is told."""

from __future__ import annotations

import re
import stat
import threading
from datetime import timedelta

import pytest

from collectors.collector import SourceReport
from collectors.errors import DefectError
from collectors.page import page_of
from monitor import daemon, secrets
from monitor.collect import Fence, Fenced, collect, listen
from monitor.collect.defects import Defects
from monitor.config import CollectSettings, load
from monitor.coordination import Memory
from monitor.errors import StoreFullError
from monitor.lock import DaemonLock
from monitor.schedule import Wish
from monitor.wiring import build
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_post

OTHER = "mastodon/b.example"
ODD = [
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    OverflowError("too large"),
    ValueError("Invalid IPv6 URL"),
    RecursionError("too deep"),
    MemoryError(),
    KeyError("id"),
]


class Odd(ListedSource):
    """Breaks in a way that nobody expected, at a page or at what is asked besides."""

    batch = 2
    expands: Exception | None = None
    hydrates: Exception | None = None
    checks: Exception | None = None

    def expand(self, post, *, now):
        if self.expands is not None:
            raise self.expands
        return page_of()

    def hydrate(self, posts, *, now):
        if self.hydrates is not None:
            raise self.hydrates
        return page_of(received=len(posts))

    def check(self) -> SourceReport:
        if self.checks is not None:
            raise self.checks
        return SourceReport(self.source, "a list")


def other() -> ListedSource:
    source = ListedSource([make_post(50 + n) for n in range(3)])
    source.source = OTHER
    return source


def turn(stores, source, *, now=NOON, **settings):
    wishes = [
        Wish(name, "airbersih", timedelta(minutes=10), timedelta(days=7))
        for name in (SOURCE, OTHER)
    ]
    runs = collect(
        stores,
        {SOURCE: source, OTHER: other()},
        wishes,
        settings=CollectSettings(**({"expand_limit": 0, "check_limit": 0} | settings)),
        now=now,
        stop=threading.Event(),
    )
    return {(run.source, run.task): run for run in runs}


def gaps(stores, source):
    with stores.open(read_only=True) as store:
        return [(gap.reason, gap.detail) for gap in store.coverage.open_gaps(source=source)]


def traces(stores):
    return sorted((stores.path.parent / "defects").glob("*"))


@pytest.mark.parametrize("error", ODD, ids=lambda error: type(error).__name__)
def test_an_odd_answer_of_one_source_is_its_verdict_and_the_others_are_read(stores, error):
    runs = turn(stores, Odd([make_post(1)], fails={0: error}))
    run = runs[SOURCE, "poll"]
    assert (run.verdict, runs[OTHER, "poll"].verdict) == ("failed", "complete")
    (trace,) = traces(stores)
    assert f"a defect of gaung ({type(error).__name__} in " in run.detail
    assert f"please report it, with the file {trace}" in run.detail
    assert gaps(stores, SOURCE) == [("failed", run.detail)]
    assert gaps(stores, OTHER) == []


def test_what_came_before_the_defect_is_kept_and_the_gap_begins_below(stores):
    source = Odd([make_post(n) for n in range(25)], fails={1: OverflowError()})
    run = turn(stores, source)[SOURCE, "poll"]
    assert (run.verdict, run.pages, run.new) == ("failed", 1, 10)
    with stores.open(read_only=True) as store:
        (gap,) = store.coverage.open_gaps(source=SOURCE)
    assert gap.from_at == NOON - timedelta(days=7)
    assert gap.to_at < NOON


@pytest.mark.parametrize(
    ("broken", "settings"),
    [("expands", {"expand_limit": 10}), ("hydrates", {"check_limit": 10})],
)
def test_what_is_asked_about_posts_has_the_same_fence(stores, broken, settings):
    source = Odd([make_post(n) for n in range(3)])
    setattr(source, broken, TypeError("'int' object is not iterable"))
    turn(stores, source, **settings)
    runs = turn(stores, source, now=NOON + HOUR, **settings)
    task = "expand" if broken == "expands" else "check"
    assert runs[SOURCE, task].verdict in ("failed", "partial")
    assert "a defect of gaung" in runs[SOURCE, task].detail
    assert runs[OTHER, "poll"].verdict == "complete"


def test_a_stream_that_breaks_oddly_leaves_a_gap(stores):
    class Streaming:
        source = "bluesky/contoh"

        def stream(self, interest, *, cursor, now, stop, live):
            yield page_of(since_at=NOON, reached_at=NOON + HOUR, cursor="1")
            clock.append(NOON + 2 * HOUR)
            raise LookupError("codec")

        def check(self): ...

        def close(self): ...

    clock = [NOON]
    run = listen(
        stores,
        Streaming(),
        ["airbersih"],
        settings=CollectSettings(),
        now=lambda: clock[-1],
        stop=threading.Event(),
        live=False,
    )
    assert (run.verdict, "LookupError" in run.detail) == ("failed", True)
    assert [reason for reason, _ in gaps(stores, "bluesky/contoh")] == ["failed"]


def test_a_check_tells_of_the_defect_and_asks_to_report_it(stores):
    source = Odd([])
    source.checks = AttributeError("x")
    report = Fenced(source, Fence(stores)).check()
    assert "a defect of gaung (AttributeError" in report.summary
    assert report.remedy.startswith("please report it, with the file ")


def test_what_the_reader_of_pages_raises_is_its_own(stores):
    def read() -> None:
        source = Fenced(ListedSource([make_post(1)]), Fence(stores))
        for _ in source.pages("airbersih", cursor=None, now=NOON):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read()
    assert traces(stores) == []


@pytest.mark.parametrize(
    "error", [StoreFullError("disk full"), KeyboardInterrupt(), RuntimeError("Query interrupted")]
)
def test_errors_of_the_store_and_signals_pass(stores, error):
    with pytest.raises(type(error)), Fence(stores).around("x"):
        raise error
    assert traces(stores) == []


def _raise(error: Exception) -> None:
    raise error


def _told(stores, error: Exception) -> str:
    with pytest.raises(DefectError) as caught, Fence(stores).around(SOURCE):
        _raise(error)
    return str(caught.value)


def test_a_trace_is_for_its_owner_only_kept_once_and_without_secrets(stores, monkeypatch):
    monkeypatch.setenv("A_TOKEN", "s3cr3t-t0ken")
    secrets.read("A_TOKEN", key="x")
    first = _told(stores, ValueError("s3cr3t-t0ken\x1b[2J\nlevel=error " + "x" * 100_000))
    assert _told(stores, ValueError("another message, the same way through the code")) == first
    (trace,) = traces(stores)
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    assert stat.S_IMODE(trace.parent.stat().st_mode) == 0o700
    text = trace.read_text()
    assert "in _raise" in text
    assert "s3cr3t" not in text
    assert len(text) < 25_000
    assert "s3cr3t" not in first
    assert "level=error" not in first  # a stranger's words are in the file alone


def test_traces_do_not_grow_without_end(stores):
    for number in range(30):
        namespace: dict[str, object] = {}
        exec(f"def broken():\n{chr(10) * number} raise ValueError", namespace)  # noqa: S102
        with pytest.raises(DefectError), Fence(stores).around(SOURCE):
            namespace["broken"]()
    assert len(traces(stores)) == 20
    deep = _told(stores, _recursion())
    assert "RecursionError" in deep
    assert all(trace.stat().st_size < 25_000 for trace in traces(stores))


def _recursion() -> RecursionError:
    def down(n: int) -> int:
        return down(n + 1) + 1

    try:
        down(0)
    except RecursionError as error:
        return error
    raise AssertionError


def test_a_trace_that_cannot_be_kept_is_no_second_error(stores):
    stores.path.parent.mkdir()
    (stores.path.parent / "defects").write_text("a file")
    told = _told(stores, ValueError("x"))
    assert re.search(r"could not be kept \(.+\); please report it", told)


def test_check_reminds_of_what_was_not_reported_yet(gaung, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    Defects.beside(tmp_path / "data" / "gaung.duckdb").note(ValueError("x"), "mastodon/a.example")
    _, out, _ = gaung("check")
    assert "1 trace of what gaung did not expect" in " ".join(out.split())


class RingsOnce:
    """A bell that rings once: the daemon does one round and ends."""

    def __init__(self, done: threading.Event) -> None:
        self._done = done

    def ring(self) -> None:
        self._done.set()

    def is_told_to_end(self, within: float | None) -> bool:
        return self._done.wait(30)


class Listening:
    """A log that is kept as it is told."""

    def __init__(self, told: list[dict[str, object]]) -> None:
        self._told = told

    def _tell(self, event: str, **fields: object) -> None:
        self._told.append({"event": event} | fields)

    info = warning = error = _tell


CONFIG = """
[[watches]]
name = "w"
hashtags = ["airbersih"]
[collectors.mastodon]
servers = ["http://127.0.0.1:9"]
"""


@pytest.mark.parametrize("stage", ["notice", "tidy_up", "send_due"])
def test_a_defect_of_a_later_stage_does_not_end_the_daemon(tmp_path, monkeypatch, stage):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    app = build(load(path), path=path)
    with app.stores.open():
        pass
    done, seen = threading.Event(), []

    def broken(*_: object, **__: object) -> None:
        seen.append(stage)
        if stage == "send_due":  # it has a clock of its own
            done.set()
        raise OverflowError("date value out of range")

    monkeypatch.setattr(daemon, stage, broken)
    if stage != "send_due":
        monkeypatch.setattr(daemon.Readiness, "prepare", lambda *_, **__: done.set())
    told: list[dict[str, object]] = []
    monkeypatch.setattr(daemon.logs, "get", lambda: Listening(told))
    lock = DaemonLock(app.stores.path)
    lock.take()
    code = daemon._Daemon(app, Memory(), RingsOnce(done), lock).run()
    lock.release()
    assert (code, seen[:1]) == (0, [stage])
    assert len(list((app.stores.path.parent / "defects").iterdir())) == 1
    assert [line for line in told if "collecting goes on" in str(line["event"])]
