from __future__ import annotations

import json

from collectors.registry import SOURCES

WATCH = '[[watches]]\nname = "air"\nhashtags = ["a1"]\nsources = ["mastodon", "youtube"]\n'


def test_all_sources_are_listed_with_what_they_see(gaung):
    code, out, err = gaung("sources")
    assert (code, err) == (0, "")
    for name in SOURCES:
        assert f"{name}: " in out
    assert "not used: add it to a watch's `sources`" in out


def test_who_uses_a_source_and_what_it_lacks_is_told(gaung, tmp_path):
    (tmp_path / "config.toml").write_text(WATCH)
    _, out, _ = gaung("sources", "mastodon", "youtube")
    assert "used by air\n" in out
    assert "used by air, but not asked: set collectors.youtube.key_env" in out
    assert "bluesky" not in out


def test_as_json_what_a_source_cannot_show_is_null(gaung):
    told = json.loads(gaung("sources", "--json")[1])
    rows = {row["name"]: row for row in told["sources"]}
    assert rows["youtube"]["reposts"] is None
    assert rows["youtube"]["missing"] == "collectors.youtube.key_env"
    assert rows["mastodon"]["missing"] is None


def test_a_source_that_is_not_there_is_told_with_those_that_are(gaung):
    code, _, err = gaung("sources", "myspace")
    assert (code, "there is no source 'myspace': there is mastodon, bluesky" in err) == (2, True)
