"""What every command is given, and how it finds its configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import ConfigError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config import Config
    from monitor.wiring import App


@dataclass(frozen=True, slots=True)
class Given:
    """The global options."""

    config_path: str | None
    verbose: bool

    @property
    def path(self) -> Path:
        """Where the configuration is, or would be."""
        return Path(self.config_path or "config.toml")

    def app(self, *, required: bool = False) -> App:
        """Build the app. Without any config.toml, import and report work on the defaults."""
        from monitor import config, wiring

        if self.path.exists() or self.config_path is not None:
            return wiring.build(config.load(self.path), path=self.path)
        if required:
            raise ConfigError(
                "there is no config.toml here: run `gaung init` to write one, or name one "
                "with --config"
            )
        return wiring.build(config.parse({}, name="the defaults"))


def read_time(text: str | None, *, option: str, now: datetime, config: Config) -> datetime | None:
    """Read a time option. Raises a usage error."""
    import click

    from monitor.config import parse_time

    if text is None:
        return None
    try:
        return parse_time(text, now=now, zone=config.zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
