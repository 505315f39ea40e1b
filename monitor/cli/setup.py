"""`gaung init` and `gaung check`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from monitor.cli.context import Given
from monitor.cli.tables import tell

_INIT = """Write a commented config.toml into DIR (here, if none is given).

An existing file is never overwritten.

\b
Examples:
  gaung init
  gaung init /etc/gaung
"""
_CHECK = """Check configuration, store, each source (one cheap request) and mail login.

Each problem is named with its remedy; exit code 1 if there is any.

\b
Examples:
  gaung check
  gaung --config /etc/gaung/config.toml check
"""


@click.command("init", help=_INIT)
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def init_command(folder: Path) -> int:
    """Write the configuration."""
    path = folder / "config.toml"
    if path.exists():
        click.echo(f"gaung: {path}: exists already and is left as it is", err=True)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(default_config(), encoding="utf-8")
    click.echo(f"{path}: written. Set your hashtags in it, then run:")
    option = "" if folder == Path() else f" --config {path}"
    click.echo(f"  gaung{option} check   ask each source once, try mail")
    click.echo(f"  gaung{option} once    collect now")
    return 0


def default_config() -> str:
    """Give the text that `init` writes."""
    return (resources.files("monitor") / "templates" / "config.toml").read_text(encoding="utf-8")


@click.command("check", help=_CHECK)
@click.pass_obj
def check_command(given: Given) -> int:
    """Check everything once."""
    from monitor.checks import check

    app = given.app(required=True)
    click.echo(f"ok      configuration: {given.path}, watches: {len(app.config.watches)}")
    failed = 0
    for result in check(app):
        failed += result.remedy is not None
        mark = "ok" if result.remedy is None else "failed"
        tell(f"{mark:<8}{result.subject}: {result.summary}", below=8)
        if result.remedy is not None:
            tell(f"{'':<8}→ {result.remedy}", below=10)
    return 1 if failed else 0
