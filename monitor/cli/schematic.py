"""`gaung schema`."""

from __future__ import annotations

import click

from monitor.cli.context import Given

_SCHEMA = """Print the JSON Schema of what a command tells as JSON; without NAME, list them.

The same stand in docs/schemas (draft 2020-12). An answer is an object that names its schema, as in
`"schema": "gaung.findings/1"`. Fields may be added later, so that who reads JSON must bear more
than there is; none is taken away or changed without another `schema`.

\b
Examples:
  gaung schema
  gaung schema report > report.schema.json
"""


@click.command("schema", help=_SCHEMA)
@click.argument("name", required=False)
@click.pass_obj
def schema_command(given: Given, name: str | None) -> int:
    """Print one."""
    del given
    from monitor.nearest import one_of
    from monitor.schemas import as_text, names, schema

    if name is None:
        for one in names():
            click.echo(f"{one:<16} {schema(one)['title']}")
        return 0
    if name not in names():
        raise click.BadParameter(
            f"there is no schema {name!r}{one_of(name, names())}", param_hint="NAME"
        )
    click.echo(as_text(name), nl=False)
    return 0
