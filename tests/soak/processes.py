"""Starts, watches and ends the real processes of a soak test."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from monitor.store import Store, StoreFile
from tests.soak.server import SOAK_TAG

ROOT = Path(__file__).parents[2]
TAG = SOAK_TAG.lower()


def wait_until(
    condition: Callable[[], object], *, seconds: float, what: str, every: float = 0.05
) -> Any:
    """Wait until something is so, and give what it is."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(every)


@runtime_checkable
class Reachable(Protocol):
    """A server, or a proxy before it."""

    host: str


@dataclass
class Server:
    """The hashtag server, steered from outside."""

    process: subprocess.Popen[str]
    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def source(self) -> str:
        return f"mastodon/{self.host}"

    def behave(self, **wish: float) -> None:
        """Tell it how to answer from now on; `publish` adds so many posts."""
        body = json.dumps(wish).encode()
        urllib.request.urlopen(f"http://{self.host}/control", data=body, timeout=10).close()

    def state(self) -> dict[str, list[str]]:
        with urllib.request.urlopen(f"http://{self.host}/control", timeout=10) as answer:
            state: dict[str, list[str]] = json.load(answer)
        return state

    def post_keys(self) -> set[str]:
        return {f"mastodon:{uri}" for uri in self.state()["uris"]}

    def requests(self) -> int:
        return len(self.state()["requests"])

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def start_server(backlog: int) -> Server:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.server", str(backlog)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return Server(process, int(process.stdout.readline()))


@dataclass
class Daemon:
    """`gaung run` as a process; what it logs goes to a file."""

    process: subprocess.Popen[bytes]
    log_path: Path
    _since: int

    def log(self) -> str:
        """Give what it has logged so far."""
        return self.log_path.read_text(encoding="utf-8")[self._since :]

    def wait_for(self, words: str, *, seconds: float = 30.0, times: int = 1) -> str:
        """Wait until it logs something."""

        def seen() -> str | None:
            log = self.log()
            if log.count(words) >= times:
                return log
            assert self.process.poll() is None, f"the daemon ended: {log}"
            return None

        found: str = wait_until(seen, seconds=seconds, what=f"{words!r} in {self.log_path}")
        return found

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> tuple[int, float]:
        """End it politely; give its exit code, and the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        return code, time.monotonic() - begun


@dataclass
class Place:
    """A folder with a configuration and a store."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    store_path: Path = field(init=False)

    def __post_init__(self) -> None:
        self.store_path = self.folder / "store" / "gaung.duckdb"

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def configure(
        self,
        server: Reachable | Sequence[Reachable] | None,
        *,
        collect: dict[str, object] | None = None,
        patience: str = "15s",
        more: str = "",
    ) -> None:
        """Write config.toml: one watch on these servers."""
        chosen = {"overlap": "5s", "expand_limit": 0} | (collect or {})
        several = [server] if isinstance(server, Reachable) else server or []
        servers = [f"http://{one.host}" for one in several] or ["https://mastodon.example"]
        self.config.write_text(
            f"""
            timezone = "Asia/Jakarta"
            [store]
            path = "{self.store_path}"
            patience = "{patience}"
            [[watches]]
            name = "air"
            hashtags = ["{SOAK_TAG}"]
            every = "1m"
            [collectors.mastodon]
            servers = {json.dumps(servers)}
            page_size = 20
            seconds_between_requests = 0
            [collect]
            {chr(10).join(f"{key} = {json.dumps(value)}" for key, value in chosen.items())}
            {more}
            """,
            encoding="utf-8",
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "monitor", "--config", str(self.config), *arguments]

    def gaung(self, *arguments: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def daemon(self) -> Daemon:
        """Start the daemon."""
        log_path = self.folder / "daemon.log"
        with log_path.open("ab") as log:
            process = subprocess.Popen(
                self.command("run"),
                cwd=ROOT,
                env=os.environ | self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            return Daemon(process, log_path, len(log_path.read_text(encoding="utf-8")))

    @contextlib.contextmanager
    def store(self, patience: float = 15.0) -> Iterator[Store]:
        """Open the store, as another process than the daemon."""
        with StoreFile(self.store_path, patience=timedelta(seconds=patience)).open() as store:
            yield store

    def let_a_minute_pass(self) -> None:
        """Make every stream due again: no watch may ask more often than once a minute."""
        with self.store() as store:
            store.database.run("update runs set started_at = started_at - interval 1 minute")

    def let_leases_run_out(self) -> None:
        """Give the letters back that a killed sender had taken."""
        with self.store() as store:
            store.database.run("update outbox set leased_until = null")

    def post_keys(self) -> list[str]:
        """Give the stored posts that the server gave for the hashtag."""
        with self.store() as store:
            found = store.database.frame(
                "select post_key from posts where captured_as = 'matched' order by 1"
            )
        keys: list[str] = found["post_key"].to_list()
        return keys


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    """Give the one line of stderr of a command that failed as it should."""
    assert result.returncode == 1, (result.returncode, result.stdout, result.stderr)
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("gaung: ")
    return lines[0]
