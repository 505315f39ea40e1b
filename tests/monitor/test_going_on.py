"""A run that goes on is no failure, and one that broke off is no run that goes on."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from collectors.errors import ImportFileError
from collectors.imports.detect import recognize
from monitor import config
from monitor.collect import listen
from monitor.config import CollectSettings
from monitor.digest import digest_of
from monitor.errors import StoreBusyError
from monitor.importing import import_file
from monitor.live import live
from monitor.metrics import as_text, metrics_of
from monitor.status import status_of
from monitor.turn import collect_due, listen_to
from monitor.wiring import App
from tests.builders import NOON, ListedSource, make_post
from tests.monitor.test_streams import Told

pytestmark = pytest.mark.soak  # real processes, or many commands: too long for each change

MINUTE = timedelta(minutes=1)
STREAM = "bluesky/contoh"
# Begins a run as another process, says so, and lives until its input ends.
_OTHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.store import StoreFile
with StoreFile(Path(sys.argv[1])).open() as store:
    store.runs.start(sys.argv[2], sys.argv[3], now=datetime(2026, 3, 1, 12, tzinfo=UTC),
                     hashtag=None, locator=sys.argv[4], sha256="abc")
print("begun", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def app(stores):
    watch = {"name": "air", "hashtags": ["#AirBersih"], "sources": ["bluesky", "mastodon"]}
    return App(config=config.parse({"watches": [watch]}, name="c"), stores=stores)


@pytest.fixture
def other(app):
    """Begin a run in another process; it lives until it is killed."""
    begun = []

    def begin(task="stream", source=STREAM, locator=""):
        with app.stores.open():
            pass
        process = subprocess.Popen(
            [sys.executable, "-c", _OTHER, str(app.stores.path), task, source, locator],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        begun.append(process)
        assert process.stdout.readline() == "begun\n"
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def turn(app, now=NOON + MINUTE):
    source = ListedSource([make_post(n) for n in range(5)])
    return collect_due(app, {source.source: source}, now=now, stop=threading.Event())


def verdicts(app):
    with app.stores.open(read_only=True) as store:
        rows = store.database.rows("select task, verdict, detail from runs order by run_id")
    return [(row["task"], row["verdict"], row["detail"]) for row in rows]


def told_of_source(app, source, now):
    """Return what status, its problems, top, metrics and the digest say of a source."""
    state = status_of(app, now=now)
    (run,) = [one for one in state["runs"] if one["source"] == source]
    (shown,) = [one for one in live(app, now=now).sources if one.source == source]
    metrics = [line for line in as_text(metrics_of(state)).splitlines() if f'"{source}"' in line]
    with app.stores.open() as store:
        digest = digest_of(store, app.config, since=now - timedelta(days=1), until=now)
    return {
        "status": run["verdict"],
        "problems": [line for line in state["problems"] if source in line],
        "top": shown.verdict,
        "failing": next(m for m in metrics if m.startswith("gaung_source_failing"))[-1],
        "success": [m for m in metrics if "last_success" in m],
        "digest": [one.source for one in digest.troubles],
    }


def test_a_stream_that_is_heard_runs_though_ticks_come_and_go(app):
    seen, at = [], [NOON]

    def tick(_page):
        at[0] += MINUTE
        turn(app, now=at[0])
        seen.append(told_of_source(app, STREAM, at[0]))

    source = Told([make_post(1, created_at=NOON + n * MINUTE) for n in range(3)], minutes=3)
    listen_to(
        app, source, ["airbersih"], now=lambda: at[0], stop=threading.Event(), live=True,
        on_page=tick,
    )  # fmt: skip
    assert len(seen) == 3
    for number, told in enumerate(seen):
        success = (NOON + number * MINUTE).timestamp()  # when the page was saved
        name = "gaung_source_last_success_timestamp_seconds"
        assert told == {
            "status": None, "problems": [], "top": None, "failing": "0", "digest": [],
            "success": [f'{name}{{source="{STREAM}"}} {success:.0f}'],
        }  # fmt: skip
    assert ("stream", "complete", None) in verdicts(app)


def test_what_another_process_carries_out_is_left_to_it_until_it_is_killed(app, other):
    process = other()
    turn(app)
    assert verdicts(app)[0] == ("stream", None, None)
    assert told_of_source(app, STREAM, NOON + MINUTE)["status"] is None
    process.kill()
    process.wait()
    told = told_of_source(app, STREAM, NOON + MINUTE)
    # Broken off, before anybody has closed it; but the source has not failed.
    assert (told["status"], told["top"], told["failing"]) == ("failed", "failed", "1")
    assert told["problems"] == [f"{STREAM}: last run failed: interrupted"]
    assert told["digest"] == []
    turn(app, now=NOON + 20 * MINUTE)
    assert verdicts(app)[0] == ("stream", "failed", "interrupted")
    assert told_of_source(app, STREAM, NOON + 20 * MINUTE)["digest"] == []


def test_an_import_beside_the_daemon_goes_on_and_a_killed_one_does_not(app, other):
    process = other("import", "import/csv", "posts.csv")
    turn(app)
    assert verdicts(app)[0] == ("import", None, None)
    assert not [p for p in status_of(app, now=NOON + MINUTE)["problems"] if "posts.csv" in p]
    process.kill()
    process.wait()
    state = status_of(app, now=NOON + MINUTE)
    assert [run["verdict"] for run in state["runs"] if run["locator"] == "posts.csv"] == ["failed"]
    assert [p for p in state["problems"] if "posts.csv" in p] == [
        "import/csv posts.csv: not read to its end (interrupted): import it again"
    ]
    turn(app, now=NOON + 20 * MINUTE)
    assert verdicts(app)[0] == ("import", "failed", "interrupted")
    with app.stores.open(read_only=True) as store:
        assert store.runs.imported("abc") is None  # not to the end


def test_an_import_that_a_bad_file_ends_has_failed(stores, tmp_path, monkeypatch):
    file = tmp_path / "posts.csv"
    file.write_text("platform,post_id,created_at,author,text\nx,1,2026-03-01T11:00:00Z,a,b #air\n")
    importer = recognize(file)

    def pages(_path, _options):
        raise ImportFileError("posts.csv: ends in the middle")
        yield

    monkeypatch.setattr(type(importer), "pages", lambda _self, path, options: pages(path, options))
    with pytest.raises(ImportFileError):
        import_file(stores, file, importer=importer, mapping={}, now=NOON)
    with stores.open(read_only=True) as store:
        (run,) = store.latest.last_of_each()
    assert (run["verdict"], run["detail"]) == ("failed", "posts.csv: ends in the middle")
    assert run["finished_at"] is not None


def test_what_a_thread_gave_up_is_closed_though_its_process_lives(app):
    class Busy(Told):
        def stream(self, *_args, **_kwargs):
            raise StoreBusyError("somebody has held the store for long")
            yield

    with pytest.raises(StoreBusyError):
        listen_to(app, Busy(), ["airbersih"], now=lambda: NOON, stop=threading.Event(), live=True)
    turn(app)
    assert verdicts(app)[0] == ("stream", "failed", "interrupted")


def test_the_lock_of_a_killed_process_does_not_stay(app, other):
    process = other()
    folder = app.stores.path.parent
    assert len(list(folder.glob("*.at-*"))) >= 1
    process.kill()
    process.wait()
    turn(app)
    names = {file.name for file in folder.glob("*.at-*")}
    assert len(names) == 1  # this process's own


def test_listening_without_a_turn_closes_nothing_of_others(app, other):
    other()
    listen(
        app.stores, Told(), ["airbersih"], settings=CollectSettings(), now=lambda: NOON,
        stop=threading.Event(), live=False,
    )  # fmt: skip
    assert [verdict for _, verdict, _ in verdicts(app)] == [None, "complete"]
