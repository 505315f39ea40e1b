"""Watches are changed in config.toml, which stays as its owner wrote it."""

from __future__ import annotations

import json
import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor import config
from monitor.cli.setup import default_config
from monitor.config.editing import paused, with_watch, without_watch
from monitor.config.following import Followed
from monitor.config.saving import change
from monitor.errors import ConfigError

AIR = {"name": "air", "hashtags": ["AirBersih", "KrisisAir"]}


@pytest.fixture
def set_up(gaung, tmp_path):
    gaung("init")
    return gaung, tmp_path / "config.toml"


def watches(text):
    return tomllib.loads(text).get("watches", [])


def test_a_watch_stands_after_the_others_and_before_the_heading_of_what_follows():
    before = default_config()
    after = with_watch(before, AIR, name="c")
    added = '\n[[watches]]\nname = "air"\nhashtags = ["AirBersih", "KrisisAir"]\n'
    heading = "\n# --- Where to look"
    assert after == before.replace(heading, added + heading)


def test_what_was_added_and_removed_leaves_every_letter_as_it_was():
    before = default_config()
    two = with_watch(with_watch(before, AIR, name="c"), AIR | {"name": "dua"}, name="c")
    assert without_watch(without_watch(two, "dua", name="c"), "air", name="c") == before


def test_removing_the_first_watch_keeps_all_headings_and_comments_of_the_rest():
    text = with_watch(default_config(), AIR, name="c")
    left = without_watch(text, "contoh", name="c")
    assert [watch["name"] for watch in watches(left)] == ["air"]
    for heading in ("# --- What to watch", "# --- Where to look", "# --- Whom to tell"):
        assert heading in left


def test_a_pause_adds_one_line_and_its_end_takes_it_out_again():
    before = with_watch(default_config(), AIR, name="c")
    held = paused(before, "contoh", pause=True, name="c")
    assert len(held.splitlines()) == len(before.splitlines()) + 1
    assert [watch.get("paused") for watch in watches(held)] == [True, None]
    assert paused(held, "contoh", pause=False, name="c") == before


def test_a_remark_about_a_pause_stays_when_the_pause_ends():
    text = '[[watches]]\nname = "a"\nhashtags = ["x"]\npaused = true  # until the election\n'
    resumed = paused(text, "a", pause=False, name="c")
    assert resumed == text.replace("true", "false")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "timezone = 'Asia/Jakarta'  # WIB",
        "watches = []\n",
        "watches = [{ name = 'b', hashtags = ['x'] }]\n[store]\npath = 'p'\n",
        "[[watches]]\nname='b'\nhashtags=['x']",
        "[[ watches ]]  # ours\nname='b'\nhashtags=['x']\n\n\n[store]\npath='p'\n",
        "[store]\npath='p'\n\n# the end\n",
    ],
)
def test_however_a_file_is_written_a_watch_is_added_paused_and_removed(text):
    known = [watch["name"] for watch in watches(text)]
    added = with_watch(text, AIR, name="c")
    assert [watch["name"] for watch in watches(added)] == [*known, "air"]
    assert tomllib.loads(added).get("store") == tomllib.loads(text).get("store")
    held = paused(added, "air", pause=True, name="c")
    assert watches(held)[-1]["paused"] is True
    left = without_watch(held, "air", name="c")
    assert watches(left) == watches(text)
    assert all(line in left for line in text.splitlines() if line.startswith("#"))


def test_sections_that_do_not_stand_together_are_not_moved_but_told():
    text = "[[watches]]\nname='a'\n[store]\npath='p'\n[[watches]]\nname='b'\n"
    with pytest.raises(ConfigError, match="move them together"):
        with_watch(text, AIR, name="c")


def test_the_commands_change_the_file_and_say_so(set_up):
    gaung, path = set_up
    code, out, err = gaung("watch", "add", "air", "#AirBersih", "KrisisAir", "--every", "5m")
    assert (code, err) == (0, "no daemon runs: `gaung run` starts it\n")
    assert out.startswith("air: follows #airbersih #krisisair on mastodon")
    assert gaung("watch", "pause", "air")[0] == 0
    listed = json.loads(gaung("watch", "list", "--json")[1])
    assert listed["schema"] == "gaung.watches/1"
    assert listed["watches"][1] == {
        "name": "air",
        "paused": True,
        "hashtags": ["airbersih", "krisisair"],
        "sources": ["mastodon"],
        "every_seconds": 300,
        "backfill_seconds": 604800,
        "recipients": [],
        "sensitivity": None,
    }
    assert "paused" in gaung("watch", "list")[1]
    assert gaung("watch", "resume", "air")[0] == 0
    assert gaung("watch", "remove", "air")[0] == 0
    assert path.read_text() == default_config()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "contoh", "x"], "there are two watches named 'contoh'"),
        (["add", "b", "!!"], "'!!' is no hashtag"),
        (["add", "b", "x", "--source", "mastodn"], "did you mean 'mastodon'?"),
        (["add", "b", "x", "--every", "10x"], "is no duration: write 30s, 10m"),
        (["pause", "conto"], "did you mean 'contoh'?"),
        (["resume", "zzz"], "there is no watch 'zzz': there is contoh"),
        (["remove", "conto"], "did you mean 'contoh'?"),
    ],
)
def test_a_mistake_is_one_line_with_its_remedy_and_changes_nothing(set_up, arguments, said):
    gaung, path = set_up
    code, out, err = gaung("watch", *arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err
    assert path.read_text() == default_config()
    assert [one.name for one in path.parent.iterdir()] == ["config.toml"]


def test_without_a_configuration_it_is_said_how_to_get_one(gaung):
    code, _, err = gaung("watch", "add", "air", "x")
    assert code == 1
    assert "run `gaung init`" in err


def test_rights_and_links_stay_as_they_were(set_up, tmp_path):
    gaung, path = set_up
    real = tmp_path / "etc" / "real.toml"
    real.parent.mkdir()
    path.rename(real)
    real.chmod(0o640)
    path.symlink_to(real)
    assert gaung("watch", "pause", "contoh")[0] == 0
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert config.load(real).watches[0].paused


def test_two_changes_at_a_time_are_both_kept(set_up):
    _, path = set_up

    def add(number):
        change(path, lambda text: with_watch(text, AIR | {"name": f"w{number}"}, name="c"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(16)))
    assert {w.name for w in config.load(path).watches} == {"contoh", *(f"w{n}" for n in range(16))}


def test_a_change_is_seen_once_and_a_broken_file_is_told_once(set_up):
    _, path = set_up
    followed = Followed(path)
    assert followed.changed() is None
    change(path, lambda text: paused(text, "contoh", pause=True, name="c"))
    assert followed.changed().watches[0].paused
    assert followed.changed() is None
    path.write_text("watches = 3\n")
    with pytest.raises(ConfigError):
        followed.changed()
    assert followed.changed() is None
    assert Followed(None).changed() is None
