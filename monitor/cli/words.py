"""What is wrong with a command, in one line that names the nearest right word."""

from __future__ import annotations

import click

from monitor.nearest import did_you_mean, one_of


class Group(click.Group):
    """A group that suggests the command that was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises a usage error with the nearest one."""
        if self.get_command(ctx, args[0]) is None:
            known = self.list_commands(ctx)
            raise click.UsageError(f"there is no command {args[0]!r}{one_of(args[0], known)}", ctx)
        return super().resolve_command(ctx, args)


def in_words(error: click.UsageError) -> str:
    """Give one line: what is wrong, what was probably meant, and where all is explained."""
    told = _told(error).rstrip(".")
    where = error.ctx.command_path if error.ctx is not None else "gaung"
    return f"{told} (`{where} --help` says more)"


def _told(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"there is no option {error.option_name}{_option_near(error)}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"{_name(error)} is missing"
    if isinstance(error, click.BadParameter) and error.param is not None:
        kind = error.param.type
        if isinstance(kind, click.Choice) and (wrong := _wrong_choice(error)):
            return f"{_name(error)}: there is no {wrong!r}{one_of(wrong, kind.choices)}"
        return f"{_name(error)}: {error.message}"
    if isinstance(error, click.BadParameter):
        return f"{_name(error)}: {error.message}"
    message = error.format_message()
    return message[:1].lower() + message[1:]


def _option_near(error: click.NoSuchOption) -> str:
    if error.ctx is None:
        return ""
    params = error.ctx.command.get_params(error.ctx)
    known = [name for param in params for name in param.opts if name.startswith("--")]
    return did_you_mean(error.option_name, known)


def _wrong_choice(error: click.BadParameter) -> str | None:
    """Give the word that is no choice: click says it only in its sentence, between quotes."""
    parts = error.message.split("'")
    return parts[1] if len(parts) > 2 else None


def _name(error: click.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None:
        param = error.param
        hint = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
    return hint if isinstance(hint, str) else " ".join(hint or ["a word"])
