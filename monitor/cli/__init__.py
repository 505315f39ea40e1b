"""The command line: commands parse options, call one function and print.

Nothing heavy is imported before a command asks for it, so that `--help` is instant.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from types import TracebackType
from typing import Any

import click

from monitor import __version__, secrets
from monitor.cli.words import Group, in_words
from monitor.errors import OperatorError

# name -> module and what the list of commands says.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("setup", "Write a commented config.toml."),
    "check": ("setup", "Check configuration, store, sources and mail login."),
    "run": ("running", "Run the daemon."),
    "once": ("running", "Do one turn of everything that is due."),
    "watch": ("watching", "Add, pause or remove what is watched; list it."),
    "backfill": ("backfilling", "Fill what is missing since a time, now."),
    "sources": ("listing", "List what each source can see and needs."),
    "status": ("status", "Show watches, sources, coverage, gaps, outbox, daemon."),
    "top": ("top", "Show live volumes, bursts and sources."),
    "metrics": ("measuring", "Write numbers for Prometheus."),
    "import": ("importing", "Bring in files: X/Twitter JSONL, CSV, Parquet."),
    "export": ("exporting", "Write the store as Parquet, for other engines and machines."),
    "backup": ("backing_up", "Copy the store, also while the daemon runs."),
    "sql": ("asking", "Ask the store in SQL, reading only."),
    "report": ("reporting", "Report on a watch or a #hashtag."),
    "backtest": ("backtesting", "Show what would have been told, and when."),
    "coordination": ("coordination", "Tell who acts together more than chance explains."),
    "genesis": ("genesis", "Tell how it began: first posts, hour by hour, who picked it up."),
    "graph": ("drawing", "Write who amplified whom, or what is shared, to a file."),
    "indicators": ("indicators", "Tell how broad, how coordinated and how unusual it is."),
    "findings": ("telling", "List what was found."),
    "alerts": ("telling", "List who was told what, when, and why or why not."),
    "silence": ("quieting", "Send no letters about a watch for some time."),
    "ack": ("quieting", "Say that you know of what goes on; it is not repeated."),
    "digest": ("telling", "Print or send the digest."),
    "outbox": ("outbox", "List letters that wait or were given up; send or drop them."),
    "erase": ("auditing", "Erase an account, for good."),
    "purge": ("auditing", "Take out what was kept long enough."),
    "audit": ("auditing", "List what was exported, erased and purged."),
    "schema": ("schematic", "Print the JSON Schema of what a command tells as JSON."),
    "completion": ("completion", "Print what lets a shell finish words with Tab."),
    "demo": ("demonstration", "Run the whole pipe on a synthetic campaign, offline."),
}


COMPLETE_VARIABLE = "_GAUNG_COMPLETE"  # set by a shell that wants to finish a word


class _LazyGroup(Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"monitor.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, f"{name}_command")
        if COMPLETE_VARIABLE in os.environ:
            from monitor.cli.completing import teach

            teach(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [
            CompletionItem(name, help=said)
            for name, (_, said) in COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])


_EPILOG = """\b
Examples:
  gaung init                                  write config.toml
  gaung import tweets.jsonl                   bring in a file
  gaung report "#IndonesiaGelap" --since 7d   ask for a trend report
  gaung run                                   watch day and night
"""


@click.group(
    cls=_LazyGroup,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "config_path",
    metavar="PATH",
    envvar="GAUNG_CONFIG",
    help="The configuration file.  [default: config.toml here; env GAUNG_CONFIG]",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more of what is done.")
@click.option("--pager", is_flag=True, help="Show it page by page, as $PAGER does.")
@click.version_option(__version__, prog_name="gaung")
@click.pass_context
def cli(context: click.Context, config_path: str | None, verbose: bool, pager: bool) -> None:
    """Watch hashtags, and show with evidence how issues are pushed into public opinion."""
    from monitor.cli.context import Given

    if pager:
        from monitor.cli.paging import paged

        context.with_resource(paged())
    context.obj = Given(config_path=config_path, verbose=verbose)


def main(arguments: list[str] | None = None) -> None:
    """Run a command. Exit code 0: done; 1: the operator must act; 2: wrong usage."""
    os.umask(0o077)  # what gaung writes is about people: for its owner only
    sys.excepthook = _tell_unexpected
    code = _run(arguments)
    # All is said and saved: Ctrl-C while memory is given back must not look like a failure.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def _run(arguments: list[str] | None) -> int:
    try:
        result: Any = cli.main(args=arguments, prog_name="gaung", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        return _failed(in_words(error), 2)
    except click.ClickException as error:
        return _failed(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _interrupted()
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # how DuckDB says that Ctrl-C was pressed
            raise
        return _interrupted()
    except OperatorError as error:
        return _failed(str(error))
    except BrokenPipeError:
        # The reader of our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _failed(f"{place}{error.strerror or error}")
    return result if isinstance(result, int) else 0


def _tell_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print the traceback of what nobody expected, without secrets: it goes to a journal."""
    import traceback

    sys.stderr.write(secrets.redact("".join(traceback.format_exception(kind, error, trace))))


def _interrupted() -> int:
    return _failed("interrupted; what was saved is complete: run the same command to go on", 130)


def _failed(message: str, code: int = 1) -> int:
    from monitor.cli.tables import flowed

    told = secrets.redact(" ".join(message.split()))
    click.echo(flowed(f"gaung: {told}", sys.stderr), err=True)
    return code
