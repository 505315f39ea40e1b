"""`gaung metrics`."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.context import Given

_METRICS = """Write numbers for Prometheus: posts, coverage, bursts, sources, letters, the daemon.

As text for the node exporter's textfile collector; FILE is replaced whole. Run it each minute, from
cron or a systemd timer (docs/operations.md). What is unknown has no line.

\b
Examples:
  gaung metrics
  gaung metrics -o /var/lib/prometheus/node-exporter/gaung.prom
"""


@click.command("metrics", help=_METRICS)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write here, ending in .prom.",
)  # fmt: skip
@click.pass_obj
def metrics_command(given: Given, output: Path | None) -> int:
    """Write them once."""
    from monitor import clock
    from monitor.metrics import as_text, metrics_of, write
    from monitor.status import status_of

    app = given.app()
    text = as_text(metrics_of(status_of(app, now=clock.now())))
    if output is None:
        click.echo(text, nl=False)
    else:
        write(text, output)
    return 0
