"""Builds the real things from the configuration: store, collectors, mailer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from monitor import __version__, clock, secrets
from monitor.config import Config
from monitor.naming import Naming
from monitor.store import StoreFile

if TYPE_CHECKING:  # both are slow to import, and most commands need neither
    from collectors.collector import Collector
    from monitor.deliver import Mailer


@dataclass(frozen=True, slots=True)
class App:
    """What commands and the daemon work with."""

    config: Config
    stores: StoreFile
    path: Path | None = None  # of the configuration file
    min_interval: float | None = None  # seconds between requests, instead of the setting
    sleep: Callable[[float], None] = clock.sleep

    def collectors(self, *, now: Callable[[], datetime] = clock.now) -> dict[str, Collector]:
        """Give the collectors that some watch wants, by source. Close each in the end."""
        from collectors.paces import Paces
        from collectors.registry import collectors_for

        paces = Paces()  # one for all: a host does not care which source of ours asks
        wanted = sorted({name for watch in self.config.followed for name in watch.sources})
        settings = msgspec.structs.asdict(self.config.collectors)
        found: dict[str, Collector] = {}
        for name in wanted:
            for collector in collectors_for(
                name,
                settings[name],
                secret=lambda variable, key=name: secrets.read(  # type: ignore[misc]
                    variable, key=f"collectors.{key}", folder=self._folder
                ),
                user_agent=self.user_agent,
                now=now,
                sleep=self.sleep,
                min_interval=self.min_interval,
                paces=paces,
                private_addresses=self.config.collect.private_addresses,
            ):
                found[collector.source] = collector
        return found

    def naming(self) -> Naming:
        """Give the names that accounts have in what leaves this machine."""
        with self.stores.open() as store, store.transaction():
            salt = store.privacy.salt()
        return Naming.of(salt, self.config.privacy.public, self.config.privacy.public_from)

    @property
    def _folder(self) -> Path:
        return Path(self.config.folder)  # of the configuration file; secrets may lie beside it

    @property
    def user_agent(self) -> str:
        """Who we are, and whom to write to."""
        contact = f" (+{self.config.contact})" if self.config.contact else ""
        return f"gaung/{__version__}{contact}"

    def mailer(self) -> Mailer | None:
        """Give the way to the mail server; None if none is set up."""
        from monitor.deliver import Mailer

        mail = self.config.mail
        if not mail.server:
            return None
        password = (
            secrets.read(mail.password_env, key="mail.password_env", folder=self._folder)
            if mail.password_env
            else ""
        )
        return Mailer(mail, password=password)


def build(config: Config, *, path: Path | None = None) -> App:
    """Build the app of a configuration."""
    stores = StoreFile(config.store_path, patience=config.store.patience, now=clock.now)
    return App(config=config, stores=stores, path=path)
