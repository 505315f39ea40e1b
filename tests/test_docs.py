"""The documents are true: commands, settings, links and pictures are what they say."""

from __future__ import annotations

import itertools
import re
import tomllib
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from click.testing import CliRunner

from collectors.imports.csv_columns import NAMES
from collectors.imports.detect import IMPORTERS
from collectors.registry import SETTINGS
from monitor import config
from monitor.cli import COMMANDS, cli
from monitor.cli.setup import default_config

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted(ROOT.glob("docs/decisions/0*.md"))
CONFIG = (ROOT / "config.toml").read_text(encoding="utf-8")

_OFF = re.compile(r"# (\w+ = .*|\[\[\w+\]\])")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# A folder of no configuration file: it says where the file was found.
_NOT_A_KEY = {"folder"}


def all_on() -> str:
    """Give config.toml with every key that is commented out switched on."""
    return "\n".join(_OFF.sub(r"\1", line, count=1) for line in CONFIG.splitlines())


def structs() -> list[tuple[str, type[msgspec.Struct]]]:
    """Give each section of config.toml with its settings."""
    sections = [
        (field.name, field.type)
        for field in msgspec.structs.fields(config.Config)
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
    ]
    return [
        ("", config.Config),
        ("watches", config.Watch),
        ("people", config.Person),
        *(section for section in sections if section[0] != "collectors"),
        *((f"collectors.{name}", kind) for name, kind in SETTINGS.items()),
    ]


def section_of(written: dict[str, Any], path: str) -> dict[str, Any]:
    """Find a section; of a list of sections the first."""
    for name in filter(None, path.split(".")):
        found = written[name]
        written = found[0] if isinstance(found, list) else found
    return written


def keys() -> list[tuple[str, msgspec.structs.FieldInfo]]:
    """Give each key that an operator may set, with its section."""
    return [
        (path, field)
        for path, struct in structs()
        for field in msgspec.structs.fields(struct)
        if field.name not in _NOT_A_KEY
    ]


def default_of(field: msgspec.structs.FieldInfo) -> Any:
    """Give what a key is when nobody sets it."""
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def as_read(value: Any) -> Any:
    """Give a value of the file in the form that the settings hold it in."""
    if isinstance(value, str) and (match := re.fullmatch(r"(\d+)([smhd])", value)):
        units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
        return timedelta(**{units[match[2]]: int(match[1])})
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        return time.fromisoformat(value)
    return value


# --- commands -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_two_examples_or_more(name: str) -> None:
    told = CliRunner().invoke(cli, [name, "--help"])
    assert told.exit_code == 0, told.output
    _, _, examples = told.output.partition("Examples:\n")
    lines = itertools.takewhile(str.strip, examples.splitlines())
    assert sum(line.strip().startswith("gaung ") for line in lines) >= 2
    assert all(line.strip().startswith("gaung ") for line in examples.split("\n\n")[0].splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_of_a_help_is_longer_than_a_terminal_is_wide(name: str) -> None:
    told = CliRunner().invoke(cli, [name, "--help"], terminal_width=80)
    assert [line for line in told.output.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert f"| `gaung {name}` |" in README


def test_the_readme_names_no_command_that_there_is_not() -> None:
    code = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
    named = re.findall(r"^gaung (\w+)", code, re.MULTILINE) + re.findall(r"`gaung (\w+)", README)
    assert set(named) <= set(COMMANDS)


def test_the_readme_names_no_make_target_that_there_is_not() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        code = re.findall(r"`make (\w+)", text) + re.findall(r"^make (\w+)", text, re.MULTILINE)
        assert set(code) <= targets, document.name


# --- config.toml ----------------------------------------------------------------------------------


def test_init_writes_the_config_toml_of_the_repository() -> None:
    assert default_config() == CONFIG


def test_config_toml_is_a_valid_configuration() -> None:
    assert config.load(ROOT / "config.toml").watches


def test_config_toml_is_valid_with_every_key_switched_on() -> None:
    written = tomllib.loads(all_on())
    assert config.parse(written, name="config.toml").watches


@pytest.mark.parametrize(("path", "field"), keys(), ids=lambda x: getattr(x, "name", x))
def test_every_key_stands_in_config_toml(path: str, field: msgspec.structs.FieldInfo) -> None:
    assert field.name in section_of(tomllib.loads(all_on()), path)


def test_config_toml_has_no_key_that_there_is_not() -> None:
    written = tomllib.loads(all_on())
    for path, struct in structs():
        assert set(section_of(written, path)) <= set(struct.__struct_fields__) - _NOT_A_KEY, path


@pytest.mark.parametrize(("path", "field"), keys(), ids=lambda x: getattr(x, "name", x))
def test_a_key_that_is_commented_out_shows_its_default(
    path: str, field: msgspec.structs.FieldInfo
) -> None:
    try:
        live = section_of(tomllib.loads(CONFIG), path)
    except KeyError:
        live = {}
    default = default_of(field)
    is_example = field.name == "people"  # what one may write for an address, as an example
    if field.name in live or field.required or default is None or is_example:
        return  # it is set, it must be, or there is nothing to show
    written = as_read(section_of(tomllib.loads(all_on()), path)[field.name])
    assert written == (list(default) if isinstance(default, tuple) else default)


# --- documents ------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_links_to_is_there(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path = unquote(target.partition("#")[0])
        assert (document.parent / path).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
def test_every_decision_is_listed(decision: Path) -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    heading = decision.read_text(encoding="utf-8").splitlines()[0]
    assert f"[{decision.name[:4]}]({decision.name})" in listed
    assert heading.startswith(f"# {decision.name[:4]} ")


def test_decisions_are_numbered_without_a_hole() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
def test_a_module_that_a_decision_names_is_there(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    if "| planned | is |" in text:  # there the first column names what is not
        text = re.sub(r"^\| [^|]+\|", "", text, flags=re.MULTILINE)
    for path in re.findall(r"`((?:monitor|collectors|analysis)/[\w/.]*)`", text):
        assert (ROOT / path).exists(), f"{decision.name} names {path}"


@pytest.mark.parametrize("name", IMPORTERS)
def test_every_import_format_is_described(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    assert f"  {name} " in CliRunner().invoke(cli, ["import", "--help"]).output


@pytest.mark.parametrize("field", NAMES)
def test_every_field_of_a_csv_is_named(field: str) -> None:
    assert f"`{field}`" in (ROOT / "docs/sources.md").read_text(encoding="utf-8")


def test_every_source_is_described() -> None:
    text = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    assert all(f"`[collectors.{name}]`" in text for name in SETTINGS)


def test_the_licence_is_the_one_that_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first, second = (ROOT / "LICENSE").read_text(encoding="utf-8").split("\n")[1:3]
    assert project["license"] == "Apache-2.0"
    assert (first.strip(), second.strip()) == ("Apache License", "Version 2.0, January 2004")


def test_a_picture_fetches_nothing() -> None:
    for picture in (ROOT / "docs/images").glob("*.svg"):
        text = picture.read_text(encoding="utf-8")
        assert not re.search(r"(href|src|url\()\W*https?:", text), picture.name


# --- the service ----------------------------------------------------------------------------------


def test_the_service_starts_a_command_that_there_is() -> None:
    unit = (ROOT / "deploy/gaung.service").read_text(encoding="utf-8")
    start = re.search(r"^ExecStart=\S+/gaung --config \S+ (\w+)$", unit, re.MULTILINE)
    assert start is not None
    assert start[1] in COMMANDS


@pytest.mark.parametrize(
    "line", ["Type=notify", "UMask=0077", "StateDirectoryMode=0700", "Restart=on-failure"]
)
def test_the_service_is_closed_and_watched(line: str) -> None:
    unit = (ROOT / "deploy/gaung.service").read_text(encoding="utf-8")
    assert line in unit.splitlines()
