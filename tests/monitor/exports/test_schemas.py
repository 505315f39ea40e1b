"""JSON Schemas are true: what commands tell is valid, and has no field that they leave out."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import click
import jsonschema
import pytest

from analysis.findings import Finding, FindingKind
from monitor.alert import Decision, Reason
from monitor.schemas import as_text, names, schema
from tests.builders import NOON
from tests.monitor.drawing.conftest import ran as campaign  # noqa: F401 - a fixture
from tests.monitor.exports.stored import CONFIG, filled

FOLDER = Path(__file__).parents[3] / "docs" / "schemas"
CHECKER = jsonschema.FormatChecker(formats=())


@CHECKER.checks("date-time", raises=ValueError)
def is_time(value: object) -> bool:
    """Tell whether it is a time with its zone."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def strict(told, *, open_to=()):
    """Give a schema that bears no field that it does not name."""
    if isinstance(told, list):
        return [strict(one, open_to=open_to) for one in told]
    if not isinstance(told, dict):
        return told
    made = {key: strict(value, open_to=open_to) for key, value in told.items()}
    if "properties" in told and "additionalProperties" not in told:
        made["additionalProperties"] = told.get("title") in open_to
    return made


def check(name, told, *, open_to=()):
    """Hold what was told against its schema, field for field."""
    checked = jsonschema.Draft202012Validator(
        strict(schema(name), open_to=open_to), format_checker=CHECKER
    )
    errors = [f"{e.json_path}: {e.message[:300]}" for e in checked.iter_errors(told)]
    assert errors == []


@pytest.mark.parametrize("name", names())
def test_a_schema_is_one_and_stands_in_the_documents(name):
    """`GOLDEN=write` (make golden) writes them anew; then look at the diff."""
    jsonschema.Draft202012Validator.check_schema(schema(name))
    if os.environ.get("GOLDEN") == "write":
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.json").write_text(as_text(name), encoding="utf-8")
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == as_text(name)


def test_the_documents_have_no_schema_that_there_is_not():
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == names()


@pytest.mark.parametrize("name", names())
def test_a_schema_says_what_it_is_and_what_its_fields_are(name):
    told = schema(name)
    assert told["title"].startswith("gaung ")
    assert told["$id"] == f"urn:gaung:schema:{name}"
    text = json.dumps(told)
    assert text.count('"description"') >= 2 or name == "coordination-as"
    assert '"default"' not in text


@pytest.mark.parametrize("name", sorted({*names()} - {"report-row"}))
def test_an_answer_says_by_which_schema_it_is_to_be_read(name):
    """A line of NDJSON is no answer of its own."""
    told = schema(name)
    assert told["required"][0] == "schema"
    named = told["properties"]["schema"]
    assert "const" in named or "enum" in named
    for value in named.get("enum", [named.get("const")]):
        assert value.rpartition("/")[0] in (f"gaung.{name}", "gaung.cnt", "gaung.coortweet")


@pytest.fixture
def ran(gaung, stores, tmp_path):
    """The program over a store with runs, gaps, findings and decisions."""
    filled(stores)
    (tmp_path / "config.toml").write_text(CONFIG)
    with stores.open() as store, store.transaction():
        run = store.runs.start("poll", "mastodon/a.example", now=NOON, hashtag="airbersih")
        store.runs.finish(run, "failed", now=NOON, detail="mati")
        store.coverage.want("mastodon/a.example", "airbersih", since=NOON - timedelta(days=7))
        store.coverage.open_gap(
            "mastodon/a.example", "airbersih", (NOON, NOON + timedelta(hours=3)), "outage", now=NOON
        )
        for to_at in (None, NOON + timedelta(hours=1)):
            finding = Finding(
                watch="air-bersih", kind=FindingKind.BURST, subject="#airbersih",
                from_at=NOON + timedelta(hours=bool(to_at)), to_at=to_at, score=9.0,
                evidence={"posts": 30, "expected": 2.5, "peak_at": None},
            )  # fmt: skip
            store.findings.save(finding, now=NOON)
            decision = Decision(finding=finding, told=False, reason=Reason.BELOW, decided_at=NOON)
            store.findings.decide(decision, recipients=["wali@example.go.id"])
    return gaung


def json_of(ran, *arguments):
    code, out, err = ran(*arguments)
    assert (code in (0, 1), err) == (True, "")
    return json.loads(out)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("status", ("status", "--json")),
        ("status", ("status", "--format", "json")),
        ("top", ("top", "--json")),
        ("findings", ("findings", "--json")),
        ("alerts", ("alerts", "--json")),
        ("sources", ("sources", "--json")),
        ("watches", ("watch", "list", "--json")),
        ("outbox", ("outbox", "list", "--json")),
        ("views", ("sql", "--views", "--format", "json")),
        ("sql", ("sql", "from posts", "--format", "json")),
        ("sql", ("sql", "from accounts", "--format", "json", "--redact")),
        ("report", ("report", "air-bersih", "--format", "json")),
        ("report", ("report", "air-bersih", "--format", "json", "--redact")),
        ("genesis", ("genesis", "air-bersih", "--format", "json")),
        ("genesis", ("genesis", "air-bersih", "--format", "json", "--redact")),
        ("indicators", ("indicators", "air-bersih", "--format", "json")),
        ("coordination", ("coordination", "air-bersih", "--format", "json")),
        ("backtest", ("backtest", "air-bersih", "--format", "json")),
    ],
)
def test_what_is_told_is_valid(ran, name, arguments):
    told = json_of(ran, *arguments)
    check(name, told)
    if name in ("findings", "alerts", "sources", "watches", "views"):
        assert told[name]


def test_exports_on_record_are_valid(ran):
    ran("report", "air-bersih", "-o", "r.json")
    told = json_of(ran, "audit", "--json")
    assert told["entries"]
    check("audit", told)


def test_a_past_replayed_and_a_series_of_ones_own_are_valid(campaign, tmp_path):  # noqa: F811
    told = json_of(campaign, "backtest", "#AirBersih", "--format", "json")
    check("backtest", told)
    lines = [f"2026-01-{1 + n // 24:02}T{n % 24:02}:00:00Z,{n % 5}" for n in range(240)]
    series = tmp_path / "s.csv"
    series.write_text("\n".join(["timestamp,value", *lines, "2026-01-11T00:00:00Z,900"]) + "\n")
    told = json_of(campaign, "backtest", "--series", str(series), "--format", "json")
    check("backtest-series", told)
    assert [point["alert"] for point in told["points"]].count(True) == 1


def test_no_command_tells_json_without_a_schema():
    """A new one is to be added to the tests above, and then here."""
    from monitor.cli import cli

    context = click.Context(cli)
    found = set()
    groups: list[tuple[str, click.Group]] = [("", cli)]
    while groups:
        before, group = groups.pop()
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                groups.append((f"{before}{name} ", command))
            elif any(
                "--json" in option.opts or "json" in getattr(option.type, "choices", ())
                for option in command.params
            ):
                found.add(f"{before}{name}")
    assert found == {
        "alerts", "audit", "backtest", "coordination", "findings", "genesis", "import",
        "indicators", "outbox list", "report", "sources", "sql", "status", "top", "watch list",
    }  # fmt: skip


def test_a_preview_and_the_manifest_of_a_lake_are_valid(ran, tmp_path):
    assert ran("export", "p.csv", "--format", "cnt")[0] == 0
    with (tmp_path / "p.csv").open("a", encoding="utf-8") as file:
        file.write("99,7,x,,,tanpa waktu,,\n")
    told = json_of(ran, "import", "p.csv", "--dry-run", "--json")
    assert told["set_aside"] == 1
    check("import-preview", told)
    for redact in ((), ("--redact",)):
        folder = f"danau{len(redact)}"
        assert ran("export", folder, *redact)[0] == 0
        (manifest,) = (tmp_path / folder).glob("*.json")
        check("lake", json.loads(manifest.read_text(encoding="utf-8")))


def test_each_line_of_a_report_is_valid_and_stands_in_the_report_too(ran):
    told = json_of(ran, "report", "air-bersih", "--format", "json")
    lines = [
        json.loads(x) for x in ran("report", "air-bersih", "--format", "ndjson")[1].splitlines()
    ]
    for line in lines:
        check("report-row", line)
    series = [line for line in lines if line["section"] == "series"]
    assert [
        {k: v for k, v in row.items() if k not in ("section", "row")} for row in series
    ] == told["series"]


@pytest.mark.parametrize("view", ["groups", "accounts", "edges", "evidence"])
def test_groups_that_act_together_are_valid(campaign, view):  # noqa: F811 - the fixture
    told = json_of(campaign, "coordination", "all", f"--{view}", "--format", "json")
    assert told[view]
    check("coordination", told)


@pytest.mark.parametrize("view", ["groups", "accounts", "edges", "evidence"])
def test_groups_name_nobody_for_publication(campaign, view):  # noqa: F811
    options = ("all", f"--{view}", "--format", "json")
    plain = json_of(campaign, "coordination", *options)
    told = json_of(campaign, "coordination", *options, "--redact")
    check("coordination", told)
    assert len(told[view]) == len(plain[view])
    text = json.dumps(told[view])
    assert "akun-" in text
    for named in ("serempak", "warga", "Tolak air mahal", "contoh.example"):
        assert named not in text, named


@pytest.mark.parametrize("like", ["cnt", "coortweet"])
def test_networks_of_other_tools_are_valid(campaign, like):  # noqa: F811
    told = json_of(
        campaign, "coordination", "all", "--as", like, "--by", "text", "--edges", "--format", "json"
    )
    assert told["rows"]
    check("coordination-as", told)


@pytest.mark.parametrize("kind", ["amplification", "hashtags", "links", "coordination"])
def test_graphs_are_valid(campaign, tmp_path, kind):  # noqa: F811
    assert campaign("graph", "all", "--kind", kind, "-o", "g.json")[0] == 0
    told = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    assert told["edges"]
    check("graph", told, open_to=("Node", "Edge"))


def test_a_report_with_groups_and_bursts_is_valid(campaign):  # noqa: F811
    told = json_of(campaign, "report", "#AirBersih", "--format", "json")
    check("report", told)
    told = json_of(campaign, "genesis", "all", "--format", "json")
    check("genesis", told)


def test_a_wrong_answer_is_found(ran):
    told = json_of(ran, "status", "--json")
    for change in ({"posts": "59"}, {"at": "kemarin"}, {"baru": 1}):
        with pytest.raises(AssertionError):
            check("status", told | change)
    del told["gaps"]
    with pytest.raises(AssertionError):
        check("status", told)


def test_a_schema_is_printed(gaung):
    code, out, _ = gaung("schema", "report")
    assert code == 0
    assert out == as_text("report")
    listed = gaung("schema")[1]
    assert all(name in listed for name in names())
    code, _, err = gaung("schema", "reprot")
    assert code == 2
    assert "did you mean 'report'" in err
