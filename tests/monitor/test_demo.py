"""The demo: its folder, and the whole pipe on a short campaign."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import networkx as nx
import pytest
from click.testing import CliRunner, Result

from monitor import config, wiring
from monitor.cli import cli
from monitor.demo.campaign import Plan, campaign
from monitor.demo.folder import DemoFolder
from monitor.demo.records import WATCH, Campaign
from monitor.errors import OperatorError
from monitor.store import Store
from monitor.wiring import App

pytestmark = pytest.mark.long
_SHORT = Plan(days=4, outage=3, push=4, surge=5)  # the surge comes too late to be seen


# --- the folder -----------------------------------------------------------------------------------


def test_a_folder_with_files_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OperatorError, match="no demo has written"):
        DemoFolder(tmp_path).clear()
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_second_demo_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "demo")
    folder.clear()
    folder.write_config(server="http://127.0.0.1:1", port=2, expand_limit=3)
    (folder.path / "report.txt").write_text("old")
    (folder.path / "notes.txt").write_text("mine")
    folder.clear()
    assert [path.name for path in folder.path.iterdir()] == ["notes.txt"]


# --- all of it ------------------------------------------------------------------------------------


class Done:
    """A demo that was run, as its user finds it."""

    def __init__(self, folder: Path, result: Result, made: Campaign) -> None:
        self.folder, self.result, self.made = folder, result, made
        self.app: App = wiring.build(config.load(folder / "config.toml"))

    def letters(self, kind: str) -> list[EmailMessage]:
        paths = sorted((self.folder / "mail").glob(f"{kind}-*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("demo") / "out"
    short = campaign(plan=_SHORT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.demo.campaign.campaign", lambda seed: short)
        result = CliRunner().invoke(cli, ["demo", str(folder)], catch_exceptions=False)
    return Done(folder, result, short)


@pytest.fixture
def store(demo: Done) -> Iterator[Store]:
    with demo.app.stores.open(read_only=True) as store:
        yield store


def test_the_command_ends_well_says_what_is_synthetic_and_names_the_folder(demo: Done) -> None:
    assert demo.result.exit_code == 0
    assert demo.result.stdout.startswith("SYNTHETIC")
    assert demo.result.stdout.rstrip().endswith(f"Everything is in {demo.folder}/")
    assert "planted" in demo.result.stdout


def test_every_post_that_the_server_has_is_stored(demo: Done, store: Store) -> None:
    stored = store.database.value("select count(*) from posts where captured_as = 'matched'")
    assert stored == len(demo.made.statuses)


def test_the_outage_is_a_gap_and_not_zero(demo: Done, store: Store) -> None:
    planted = demo.made.planted
    (gap,) = store.coverage.gaps_between(
        ["jembatanraya"], planted.outage_from, planted.outage_until
    )
    assert gap.reason == "silent"
    # It begins with the last post that was seen, and ends with the last question in vain.
    assert abs(gap.from_at - planted.outage_from) < timedelta(hours=1)
    assert abs(gap.to_at - planted.outage_until) < timedelta(hours=1)
    rows = _series(demo, planted.outage_from + timedelta(hours=1), planted.outage_until)
    assert rows
    assert {row["posts"] for row in rows} == {None}


def _series(demo: Done, since: datetime, until: datetime) -> list[dict[str, Any]]:
    report = msgspec.json.decode((demo.folder / "report.json").read_bytes())
    return [
        row
        for row in report["series"]
        if since <= datetime.fromisoformat(row["start"]) + timedelta(minutes=1)
        and datetime.fromisoformat(row["start"]) + timedelta(hours=1) <= until
    ]


def test_somebody_is_told_of_the_planted_push_while_it_goes_on(demo: Done, store: Store) -> None:
    planted = demo.made.planted
    told = [row for row in store.findings.decisions(watch=WATCH) if row["told"]]
    (burst,) = [row for row in told if row["kind"] == "burst" and row["reason"] == "first"]
    assert burst["from_at"] <= planted.push_from + timedelta(hours=1)
    assert timedelta(0) < burst["decided_at"] - planted.push_from < timedelta(hours=2)


def test_the_outage_is_told_once_when_it_begins_and_once_when_it_is_over(
    demo: Done, store: Store
) -> None:
    told = [
        row["reason"]
        for row in reversed(store.findings.decisions(watch=WATCH))
        if row["told"] and row["kind"] == "source trouble"
    ]
    assert told == ["first", "resolved"]


def test_letters_arrive_once_each_with_ids_that_come_from_their_keys(demo: Done) -> None:
    digests, alerts = demo.letters("digest"), demo.letters("alert")
    keys = [str(mail["X-Gaung-Key"]) for mail in (*digests, *alerts)]
    ids = [str(mail["Message-ID"]) for mail in (*digests, *alerts)]
    assert [mail["Message-ID"] for mail in digests] == [
        f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@gaung.example.org>"
        for key in keys[: len(digests)]
    ]
    assert len(set(ids)) == len(ids)
    days = [key.rpartition(":")[2] for key in keys[: len(digests)]]
    assert days == ["2026-08-18", "2026-08-19", "2026-08-20", "2026-08-21"]
    assert len(alerts) >= 3  # the outage, its end, the push


def test_the_graph_opens_in_networkx_with_weights(demo: Done) -> None:
    graph = nx.read_gexf(demo.folder / "amplification.gexf")
    weights = [weight for _, _, weight in graph.edges(data="weight")]
    assert len(weights) > 200
    assert min(weights) >= 1
    assert max(weights) > 1


def test_what_was_planted_is_found_but_for_what_comes_after_the_end(demo: Done) -> None:
    lines = (demo.folder / "planted-found.txt").read_text().splitlines()
    push = next(line for line in lines if line.startswith("coordinated push"))
    surge = next(line for line in lines if line.startswith("organic surge"))
    outage = next(line for line in lines if line.startswith("outage"))
    assert "yes" in push
    assert "NO" in surge
    assert "missed" in surge
    assert "yes" in outage


def test_every_file_that_is_named_is_there(demo: Done) -> None:
    names = {path.name for path in demo.folder.iterdir()}
    assert {"report.txt", "report.md", "report.json", "report.csv", "alerts.txt"} <= names
    text = (demo.folder / "alerts.txt").read_text()
    assert "It is new; nobody was told of it before." in text


def test_the_folder_works_with_the_other_commands(demo: Done) -> None:
    asked = ["--config", str(demo.folder / "config.toml"), "report", WATCH]
    result = CliRunner().invoke(
        cli, [*asked, "--since", "2026-08-18", "--until", "2026-08-22"], catch_exceptions=False
    )
    assert result.exit_code == 0
    assert f"{len(demo.made.statuses):,} posts" in result.output
