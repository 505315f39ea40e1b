"""Erasing, purging, and what is written for other people, as a user meets them."""

from __future__ import annotations

import json

import pytest

from tests.monitor.test_cli import MAPPED, write_csv


@pytest.fixture
def imported(gaung, tmp_path):
    write_csv(tmp_path / "warga.csv")
    assert gaung("import", "warga.csv", *MAPPED)[0] == 0
    return gaung


def handles(report):
    return {row["handle"] for row in report["top_authors"] + report["top_amplified"]}


def test_a_redacted_report_names_nobody_and_has_the_same_numbers(imported):
    plain = json.loads(imported("report", "#airbersih", "--format", "json")[1])
    text = imported("report", "#airbersih", "--format", "json", "--redact")[1]
    redacted = json.loads(text)
    assert "warga" not in text
    assert handles(redacted) == {None}
    assert [row["posts"] for row in redacted["top_authors"]] == [
        row["posts"] for row in plain["top_authors"]
    ]
    assert redacted["series"] == plain["series"]
    # The same accounts have the same names tomorrow.
    again = json.loads(imported("report", "#airbersih", "--format", "json", "--redact")[1])
    assert again["top_authors"] == redacted["top_authors"]


def test_a_listed_public_figure_keeps_its_name(imported, tmp_path):
    (tmp_path / "config.toml").write_text('[privacy]\npublic = ["@warga3"]\n')
    text = imported("report", "#airbersih", "--format", "markdown", "--redact")[1]
    assert "warga3" in text
    assert "warga4" not in text


def test_a_redacted_graph_names_nobody(imported, tmp_path):
    assert imported("graph", "#airbersih", "-o", "g.csv", "--redact")[0] == 0
    written = (tmp_path / "g.csv").read_text()
    assert "warga" not in written
    assert written.count("akun-") > 100


def test_exports_are_on_record_with_who_and_whether_names_were_in_them(imported):
    assert "nothing was exported" in imported("audit")[1]
    imported("report", "#airbersih", "-o", "a.json")
    imported("graph", "#airbersih", "-o", "g.gexf", "--redact")
    entries = json.loads(imported("audit", "--json")[1])["entries"]
    assert [(e["action"], e["subject"]) for e in entries] == [
        ("export", "graph #airbersih"),
        ("export", "report #airbersih"),
    ]
    assert "g.gexf (pseudonyms)" in entries[0]["detail"]
    assert "a.json (real names)" in entries[1]["detail"]
    assert all(entry["who"] and entry["noted_at"].endswith("Z") for entry in entries)
    assert "a.json" in imported("audit")[1]


def test_an_account_is_erased_after_it_was_shown_and_confirmed(imported, tmp_path):
    code, _, err = imported("erase", "@warga7")
    assert (code, "add --yes" in err) == (1, True)
    assert imported("erase", "@warga7", "--dry-run")[0] == 0
    code, out, err = imported("erase", "@warga7", "--yes")
    assert (code, "posts" in out) == (0, True)
    assert imported("erase", "@warga7", "--yes")[0] == 1
    code, out, _ = imported("import", "warga.csv", *MAPPED)
    assert ", 0 new," in out
    report = json.loads(imported("report", "#airbersih", "--format", "json")[1])
    assert report["authors"] == 30
    (entry,) = json.loads(imported("audit", "--action", "erase", "--json")[1])["entries"]
    assert "warga7" not in json.dumps(entry)


def test_purging_counts_first_and_then_takes_out(imported, tmp_path):
    code, out, _ = imported("purge", "--older-than", "1d", "--dry-run")
    assert (code, out.startswith("would take out: 0 posts")) == (0, True)  # imported just now
    code, out, _ = imported("purge")
    assert (code, out.startswith("taken out: 0 posts")) == (0, True)
    code, _, err = imported("purge", "--older-than", "never")
    assert (code, "write 7d" in err) == (2, True)


def test_posts_that_are_kept_for_less_than_is_read_back_are_a_mistake(gaung, tmp_path):
    (tmp_path / "config.toml").write_text(
        '[privacy]\nkeep_posts = "2d"\n[[watches]]\nname = "a"\nhashtags = ["a1"]\n'
    )
    code, _, err = gaung("status")
    assert code == 1
    assert "privacy.keep_posts: is shorter than what is read back (7d)" in err
