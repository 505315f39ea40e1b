"""`gaung completion`."""

from __future__ import annotations

import click

_TAKEN = "COMPREPLY+=($value)"
_GOES_ON = "\n            [[ $value == *= ]] && compopt -o nospace"  # a column's name follows
_COMPLETION = """Print what lets SHELL finish commands, options and what they take with Tab.

\b
bash   add to ~/.bashrc:   eval "$(gaung completion bash)"
zsh    add to ~/.zshrc:    eval "$(gaung completion zsh)"
fish   gaung completion fish > ~/.config/fish/completions/gaung.fish

Hashtags begin with #: type "# and Tab. They come from config.toml and the store, which is only
read; while another program writes in it, those of config.toml are offered.

\b
Examples:
  gaung completion bash >> ~/.bash_completion
  gaung completion fish > ~/.config/fish/completions/gaung.fish
"""


@click.command("completion", help=_COMPLETION)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> int:
    """Print the script."""
    from click.shell_completion import get_completion_class

    from monitor.cli import COMPLETE_VARIABLE, cli

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"there is no completion for {shell}")
    source = made(cli, {}, "gaung", COMPLETE_VARIABLE).source()
    if shell == "bash":
        source = source.replace(_TAKEN, _TAKEN + _GOES_ON)
    click.echo(source, nl=False)
    return 0
