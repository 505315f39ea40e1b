"""The lines that root types or cron runs work as printed, in the environment that they run in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.page import page_of
from monitor import config
from monitor.errors import StoreAccessError
from monitor.lock import DaemonLock
from monitor.store import StoreFile
from tests.builders import NOON, SOURCE, make_post
from tests.docs.blocks import blocks
from tests.docs.world import OUTSIDE, ROOT, world

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy/gaung.service").read_text(encoding="utf-8")
CRON = sorted((ROOT / "deploy/cron").iterdir())
DAY = 24 * 3600
# A line of /etc/cron.d: when, as whom, what.
_LINE = re.compile(r"^((?:\S+ ){5})(\w+) (.+)$", re.MULTILINE)
_SCHEDULE = re.compile(r"^(?:[\d*/,-]+ ){5}$")


def cron_lines(text: str) -> list[tuple[str, str, str]]:
    return [found for found in _LINE.findall(text) if _SCHEDULE.match(found[0])]


PRINTED = cron_lines(PAGE)
SHIPPED = {path.name: cron_lines(path.read_text(encoding="utf-8")) for path in CRON}


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine in a folder, and cron on it."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "etc/gaung/config.toml"

    @property
    def store(self) -> StoreFile:
        return StoreFile(self.folder / "var/lib/gaung/gaung.duckdb")

    def cron(self, command: str) -> str:
        """Run a line as cron does, in its environment; give what went to the system's log."""
        # Cron's own reading (crontab(5)): a bare % ends the line, what follows is its input.
        command, *given = re.split(r"(?<!\\)%", command)
        command = command.replace(r"\%", "%")
        for outside in OUTSIDE:
            command = command.replace(outside, f"{self.folder}{outside}")
        command = command.replace("/opt/gaung/.venv", str(Path(sys.executable).parents[1]))
        command = command.replace("logger -t", f"{self.folder}/logger -t")
        log = self.folder / "log"
        log.write_text("")
        (self.folder / "logger").write_text(f'#!/bin/sh\nsed "s/^/$2: /" >> {log}\n')
        (self.folder / "logger").chmod(0o755)
        subprocess.run(
            ["/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "HOME=/root", "LOGNAME=root",
             "SHELL=/bin/sh", "/bin/sh", "-c", command],
            cwd="/",
            input="\n".join(given),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )  # fmt: skip
        return log.read_text(encoding="utf-8")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    for outside in OUTSIDE:
        (tmp_path / outside.lstrip("/")).mkdir(parents=True, mode=0o700)
    (tmp_path / "var/lib/prometheus/node-exporter").mkdir()
    made.config.write_text(f'[store]\npath = "{made.store.path}"\n')
    with made.store.open() as store, store.transaction():
        store.posts.add(page_of(posts=[make_post(n) for n in range(5)]), source=SOURCE, now=NOON)
    return made


def command_of(name: str) -> str:
    ((_, _, command),) = SHIPPED[name]
    return command


def copies(machine: Machine) -> list[str]:
    return sorted(path.name for path in (machine.folder / "backup").glob("gaung-*"))


# --- cron -----------------------------------------------------------------------------------------


def test_the_lines_that_are_printed_are_those_that_are_shipped() -> None:
    shipped = [line for lines in SHIPPED.values() for line in lines]
    assert len(shipped) == len(CRON) == 3
    assert PRINTED
    assert set(PRINTED) <= set(shipped)


@pytest.mark.parametrize("path", CRON, ids=lambda path: path.name)
def test_cron_takes_the_file_and_the_page_installs_it(path: Path) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", path.name)  # with a dot, cron.d would leave it out
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")  # without, cron leaves the last line out
    ((_, user, command),) = cron_lines(text)
    assert user == "gaung"
    assert not re.search(r"(?<!\\)%", command)
    lines = [line for block in blocks(PAGE) for line in block.text.splitlines()]
    assert f"install -m 644 /opt/gaung/deploy/cron/{path.name} /etc/cron.d/" in lines


def test_each_night_there_is_a_copy_that_holds_the_posts(machine: Machine) -> None:
    said = machine.cron(command_of("gaung-backup"))
    (name,) = copies(machine)
    assert re.fullmatch(r"gaung-\d{4}-\d\d-\d\d-\d{4}\.duckdb", name)
    with StoreFile(machine.folder / "backup" / name).open(read_only=True) as copied:
        assert copied.count_posts() == 5
    assert said.startswith("gaung-backup: ")
    assert "5 posts" in said


def test_a_copy_that_was_made_by_hand_is_not_in_the_way(machine: Machine) -> None:
    (machine.folder / "backup" / f"gaung-{time.strftime('%Y-%m-%d')}.duckdb").touch()
    machine.cron(command_of("gaung-backup"))
    assert len(copies(machine)) == 2


def test_old_copies_go_only_if_there_is_a_new_one(machine: Machine) -> None:
    for name, days in (("gaung-lama.duckdb", 32), ("gaung-baru.duckdb", 29), ("lain.txt", 99)):
        path = machine.folder / "backup" / name
        path.touch()
        os.utime(path, (time.time() - days * DAY,) * 2)
    kept = machine.store.path.rename(machine.folder / "aside")
    said = machine.cron(command_of("gaung-backup"))
    assert "gaung-backup: gaung: " in said
    assert "there is no store yet" in said
    assert copies(machine) == ["gaung-baru.duckdb", "gaung-lama.duckdb"]
    kept.rename(machine.store.path)
    machine.cron(command_of("gaung-backup"))
    assert "gaung-lama.duckdb" not in copies(machine)
    assert "gaung-baru.duckdb" in copies(machine)
    assert (machine.folder / "backup/lain.txt").exists()


def test_each_minute_there_are_numbers_that_another_user_can_read(machine: Machine) -> None:
    assert machine.cron(command_of("gaung-metrics")) == ""
    path = machine.folder / "var/lib/prometheus/node-exporter/gaung.prom"
    assert "gaung_daemon_up 0" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o644


def test_numbers_that_cannot_be_written_are_told_in_the_log(machine: Machine) -> None:
    shutil.rmtree(machine.folder / "var/lib/prometheus")
    said = machine.cron(command_of("gaung-metrics"))
    assert said.startswith("gaung-metrics: gaung: ")
    assert "cannot be written" in said


@pytest.mark.docs
def test_a_turn_of_cron_knows_the_secrets_whatever_they_hold(machine: Machine) -> None:
    ran = machine.folder / "ran"
    secret = f"a b;c$(touch {ran})&touch {ran}|`touch {ran}`\"'#"
    machine.config.write_text(
        machine.config.read_text()
        + '[mail]\nserver = "127.0.0.1"\nport = 9\nsecurity = "none"\nsender = "g@k.example"\n'
        'username = "g"\npassword_env = "MAIL_PASSWORD"\n[digest]\nrecipients = ["a@k.example"]\n'
        'quiet_days = "daily"\n[[watches]]\nname = "air"\nhashtags = ["air"]\n'
        '[collectors.mastodon]\nservers = ["http://127.0.0.1:9"]\n'
    )
    said = machine.cron(command_of("gaung-once"))
    assert "MAIL_PASSWORD, which is not set" in said
    (machine.config.parent / "secrets.env").write_text(f"MAIL_PASSWORD={secret}\n")
    said = machine.cron(command_of("gaung-once"))
    assert "MAIL_PASSWORD" not in said
    assert "touch" not in said
    assert not ran.exists()
    with machine.store.open(read_only=True) as store:
        (letter,) = store.outbox.listed()
    assert "cannot be reached" in letter["reason"]


# --- the service ----------------------------------------------------------------------------------


def typed() -> list[str]:
    section = PAGE.partition("## As a service")[2].partition("\n## ")[0]
    return [line for block in blocks(section) for line in block.text.splitlines()]


def position(start: str) -> int:
    return next(number for number, line in enumerate(typed()) if line.startswith(start))


@pytest.mark.docs
@pytest.mark.long
def test_the_service_is_installed_line_by_line_as_printed(tmp_path: Path) -> None:
    told = [block for block in blocks(PAGE) if not (block.reason or "").startswith("fetches")]
    ours = "needs root; tests/docs/test_operations.py types it"
    lines = [block for block in told if block.is_run or block.reason == ours]
    last = next(n for n, block in enumerate(lines) if "systemctl start gaung" in block.text)
    crons = [block for block in lines if "/etc/cron.d/" in block.text]
    with world(tmp_path, has_service=False) as here:
        done = here.type([*lines[: last + 1], *crons])
    assert done.code == 0, done.said[-3000:]
    assert (tmp_path / "var/lib/gaung/gaung.duckdb").exists()
    assert {path.name for path in (tmp_path / "etc/cron.d").iterdir()} == set(SHIPPED)
    secrets = tmp_path / "etc/gaung/secrets.env"
    assert secrets.stat().st_mode & 0o777 == 0o640
    assert secrets.read_text(encoding="utf-8").startswith("MAIL_PASSWORD=")


def test_the_service_is_configured_and_checked_before_it_is_enabled() -> None:
    steps = ("useradd", "/opt/gaung/.venv/bin/gaung init", "sed -i", "chgrp", "g check", "install")
    enabled = position("systemctl daemon-reload")
    assert "enable --now" in typed()[enabled]
    assert all(position(step) < enabled for step in steps)
    assert position("/opt/gaung/.venv/bin/gaung init") < position("sed -i") < position("g check")
    assert position("install -m 640 /dev/null /etc/gaung/secrets.env") < position("chgrp")


def test_the_store_is_set_to_the_folder_that_the_unit_may_write(tmp_path: Path) -> None:
    (folder,) = re.findall(r"^WorkingDirectory=(.+)$", UNIT, re.MULTILINE)
    assert f"StateDirectory={Path(folder).name}" in UNIT.splitlines()
    shutil.copy(ROOT / "config.toml", tmp_path)
    line = typed()[position("sed -i")].replace("/etc/gaung/", f"{tmp_path}/")
    subprocess.run(["sh", "-c", line], check=True)
    assert config.load(tmp_path / "config.toml").store_path.parent == Path(folder)


def test_the_way_out_of_a_failed_service_is_named() -> None:
    assert position("systemctl reset-failed gaung") < position("systemctl start gaung")


def test_a_service_that_cannot_start_stops_after_its_tries_and_can_be_started_minutes_later() -> (
    None
):
    seconds = {"s": 1, "min": 60}
    found = {
        name: int(number) * seconds.get(unit, 1)
        for name, number, unit in re.findall(
            r"^(StartLimitIntervalSec|StartLimitBurst|RestartSec)=(\d+)(s|min)?$", UNIT, re.M
        )
    }
    tries = found["StartLimitBurst"] * (found["RestartSec"] + 3)  # a start that fails takes 2 s
    assert tries < found["StartLimitIntervalSec"] <= 300


def test_the_folder_that_cannot_be_written_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "berkas").touch()
    with pytest.raises(StoreAccessError, match=r"berkas: .* set store\.path to where"):
        DaemonLock(tmp_path / "berkas/gaung.duckdb").take()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "gaung.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT, flags=re.MULTILINE))
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in told.stderr.splitlines() if "gaung" in line]
    assert (told.returncode, said) == (0, [])


# --- the container --------------------------------------------------------------------------------


def test_the_image_is_built_in_the_format_that_has_a_health_check() -> None:
    built = re.findall(r"podman build .*", PAGE)
    built += re.findall(r"podman build .*", (ROOT / "deploy/Containerfile").read_text("utf-8"))
    assert len(built) == 2
    assert all("--format docker" in line for line in built)


# --- what is typed --------------------------------------------------------------------------------


def test_no_secret_is_read_into_a_shell() -> None:
    for page in (ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/**/*")):
        if page.is_file():
            text = page.read_text(encoding="utf-8")
            assert not re.search(r"(^|[;&\s])(\.|source)\s+\S*secrets\.env", text), page.name


def test_what_root_types_elsewhere_than_in_the_folder_of_gaung_has_full_paths() -> None:
    for block in blocks(PAGE):
        for line in block.text.splitlines():
            assert not re.match(r"(\.venv|deploy)/|install .* (\.venv|deploy)/", line), line
            assert not re.match(r"gaung ", line), f"{line}: the service's is g"
