"""A folder in which a reader can type what the documents say, with servers on loopback."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.demo.campaign import campaign
from monitor.demo.mastodon_server import MastodonServer
from monitor.demo.records import Campaign, Status
from tests.docs.blocks import Block

ROOT = Path(__file__).parents[2]
_BIN = Path(sys.executable).parent
_DAYS = timedelta(hours=20)  # of the conversation, the newest: enough to collect in seconds
_HEAD = "created_at,author,text\n"
_ROW = (
    "2025-02-22T10:{minute:02}:00+07:00,warga_{minute}@contoh.example,Kata warga #IndonesiaGelap\n"
)
# What was started with & ends with the page: else it would hold the pipe that is read here.
_LEAVE = "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n"
_EDITOR = """#!{python}
import re, sys
path = sys.argv[1]
if path.endswith("secrets.env"):
    open(path, "a", encoding="utf-8").write("MAIL_PASSWORD=a b;c$(d)&e\\n")
    sys.exit()
text = open(path, encoding="utf-8").read()
def put(pattern, value):
    global text
    text, count = re.subn(pattern, value, text, count=1, flags=re.MULTILINE)
    assert count, pattern
if 'contact = ""' in text:  # opened for the first time: what to watch, and where
    put(r'^contact = ""', 'contact = "humas@kantor.example"')
    put(r'^hashtags = .*', 'hashtags = ["JembatanRaya", "TolakTarif"]')
    put(r'^sources = .*', 'sources = ["mastodon"]')
    put(r'^servers = .*', 'servers = ["{server}"]\\nseconds_between_requests = 0')
else:  # for the second time: letters
    put(r'^\\[alerts\\]', '[alerts]\\nrecipients = ["meja-isu@kantor.example"]')
    put(r'^\\[digest\\]', '[digest]\\nrecipients = ["pimpinan@kantor.example"]')
    put(r'^\\[mail\\]', '[mail]\\nserver = "127.0.0.1"\\nport = {port}\\nsecurity = "none"')
    put(r'^# sender = .*', 'sender = "gaung@kantor.example"')
open(path, "w", encoding="utf-8").write(text)
"""


_SYSTEMCTL = """#!/bin/bash
pid=$(cat {folder}/.pid 2>/dev/null)
case $1 in
start|enable)
  # As the unit: it may write nothing but its own folder, and what has failed stays so.
  [ $1 = start ] || [ -f {folder}/etc/systemd/system/gaung.service ] || exit 5
  grep -q '^path = "{folder}/var/lib/gaung/' {folder}/etc/gaung/config.toml || exit 1
  gaung --config {folder}/etc/gaung/config.toml run > {folder}/.log 2>&1 &
  echo $! > {folder}/.pid
  taken={folder}/var/lib/gaung/gaung.duckdb.daemon
  for _ in $(seq 300); do [ -s "$taken" ] && exit 0; sleep 0.2; done
  cat {folder}/.log; exit 1;;
stop)
  [ -z "$pid" ] && exit 0
  kill -TERM "$pid"; for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  rm {folder}/.pid;;
esac
"""


# Where the documents write outside of the folder that a reader is in.
OUTSIDE = (
    "/var/lib/gaung",
    "/etc/gaung",
    "/backup",
    "/etc/systemd",
    "/etc/cron.d",
    "/var/lib/prometheus",
)
# There is no user gaung here: what is given to it is its reader's.
_INSTALL = """#!/bin/bash
given=()
while [ $# -gt 0 ]; do case $1 in -o|-g) shift 2;; *) given+=("$1"); shift;; esac; done
exec /usr/bin/install "${given[@]}"
"""


@dataclass(frozen=True, slots=True)
class Typed:
    """What became of a page that was typed."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class World:
    """The folder; a page is typed into one shell, block after block."""

    folder: Path
    environment: dict[str, str]
    mail_port: int

    def stock(self) -> None:
        """Fill a store here, and that of the service, with the made-up files."""
        service = self.folder / "etc/gaung/config.toml"
        for given in ((), ("--config", str(service))):
            command = ["gaung", *given, "import", "posts.csv", "feb.csv"]
            subprocess.run(command, cwd=self.folder, env=self.environment, check=True)

    def type(self, typed: list[Block]) -> Typed:
        """Type blocks as a reader would; the first line that fails ends it."""
        script = "set -uo pipefail\n" + _LEAVE + "".join(_script(block) for block in typed)
        script = script.replace(":8025", f":{self.mail_port}").replace("/opt/gaung", str(ROOT))
        for outside in OUTSIDE:
            script = script.replace(outside, f"{self.folder}{outside}")
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = shell.communicate(timeout=400)
        finally:
            _end(shell.pid)
        return Typed(shell.returncode, said)


@contextmanager
def world(folder: Path, *, has_service: bool = True) -> Iterator[World]:
    """Return a folder with made-up files, an editor that fills in a configuration, and a server.

    has_service: whether the service is configured there already.
    """
    now = datetime.now(UTC)
    shown = _newest(campaign(), now=now)
    with MastodonServer(shown) as server:
        server.now = now
        port = _free_port()
        bin_ = folder / ".bin"
        bin_.mkdir()
        editor = bin_ / "editor"
        editor.write_text(_EDITOR.format(python=sys.executable, server=server.url, port=port))
        _write_files(folder)
        _install(folder, bin_)
        if has_service:
            _configure(folder, editor)
        for path in bin_.iterdir():
            path.chmod(0o700)
        environment = {
            "PATH": f"{bin_}:{_BIN}:{os.environ['PATH']}",
            "HOME": str(folder / ".home"),
            "EDITOR": str(editor),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "http_proxy": "http://127.0.0.1:9",  # whoever leaves the machine finds nobody
            "https_proxy": "http://127.0.0.1:9",
            "no_proxy": "127.0.0.1,localhost",
        }
        yield World(folder, environment, port)


def _script(block: Block) -> str:
    """Give a block line by line, each with where it stands and how it may end."""
    allowed = "|".join(str(code) for code in block.codes)
    lines = []
    for number, command in _commands(block):
        if re.match(r"gaung (\S+ \S+ )?run\b", command):  # Ctrl-C after a moment
            command = f"timeout --signal=INT --preserve-status 8 {command.partition('#')[0]}"
        lines.append(
            f'echo "@@ line {number}"\n{command}\n'
            f"code=$?; case $code in {allowed}) ;; "
            f'*) echo "@@ failed: line {number}, exit $code"; exit 1;; esac\n'
        )
    return "".join(lines)


def _commands(block: Block) -> Iterator[tuple[int, str]]:
    """Give each command of a block with its line; a command may go on over several."""
    held = ""
    for offset, line in enumerate(block.text.splitlines()):
        held += line.removeprefix("$ ") if not held else "\n" + line
        if line.rstrip().endswith(("\\", "&&", "|")):
            continue
        if held.strip() and not held.strip().startswith("#"):
            yield block.line + offset, held
        held = ""
    assert not held, "a command that does not end"


def _newest(made: Campaign, *, now: datetime) -> Campaign:
    """Give the newest hours of a campaign, moved so that they end now."""
    later, since = now - made.end, made.end - _DAYS
    moved: dict[int, Status] = {}
    for post in made.statuses:
        if post.created_at >= since:
            answered = moved.get(post.reply_to.number) if post.reply_to else None
            moved[post.number] = dataclasses.replace(
                post, created_at=post.created_at + later, reply_to=answered
            )
    boosts = tuple(
        dataclasses.replace(
            boost, created_at=boost.created_at + later, status=moved[boost.status.number]
        )
        for boost in made.boosts
        if boost.status.number in moved
    )
    return dataclasses.replace(
        made, start=since + later, end=now, statuses=tuple(moved.values()), boosts=boosts
    )


def _write_files(folder: Path) -> None:
    """Write the files that the documents speak of."""
    examples = folder / "docs/examples"
    examples.mkdir(parents=True)
    example = ROOT / "docs/examples/posts.csv"
    shutil.copy(example, examples)
    shutil.copy(example, folder / "posts.csv")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    shutil.copy(
        ROOT / "tests/collectors/payloads/imports/twitter_v1.jsonl", folder / "tweets.jsonl"
    )
    rows = "".join(_ROW.format(minute=minute) for minute in range(40))
    (folder / "feb.csv").write_text(_HEAD + rows, encoding="utf-8")
    (folder / "ekspor.csv").write_text(
        (_HEAD + rows).replace(_HEAD.strip(), "Waktu,Akun,Isi"), encoding="utf-8"
    )
    for exports in ("ekspor", "exports"):
        (folder / exports).mkdir()
        shutil.copy(example, folder / exports)


def _install(folder: Path, bin_: Path) -> None:
    """Put a machine into a folder, with what starts and stops a real daemon there."""
    (bin_ / "runuser").write_text('#!/bin/bash\nexec env "${@:4}"\n')
    (bin_ / "systemctl").write_text(_SYSTEMCTL.format(folder=folder))
    (bin_ / "install").write_text(_INSTALL)
    for name in ("useradd", "chgrp", "chown"):
        (bin_ / name).write_text("#!/bin/sh\n")
    for path in ("var/lib", "etc/systemd/system", "etc/cron.d"):
        (folder / path).mkdir(parents=True)


def _configure(folder: Path, editor: Path) -> None:
    """Put a configuration where the service has it."""
    for path in ("etc/gaung", "var/lib/gaung", "backup"):
        (folder / path).mkdir(parents=True, mode=0o700)
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    store = f'[store]\npath = "{folder}/var/lib/gaung/gaung.duckdb"'
    config = folder / "etc/gaung/config.toml"
    config.write_text(text.replace("[store]", store, 1), encoding="utf-8")
    subprocess.run([sys.executable, str(editor), str(config)], check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGTERM)
    except ProcessLookupError:
        return
