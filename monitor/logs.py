"""One line per piece of work, on standard error: words for people, JSON for a service's journal."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from monitor import secrets


def set_up(*, verbose: bool, terminal: bool) -> None:
    """Choose the level and the form. Posts and tokens are never logged."""
    # What libraries log by themselves, and what nobody expected, is redacted too.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            secrets.redact_event,
            structlog.dev.ConsoleRenderer(colors=True)
            if terminal
            else structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return secrets.redact(super().format(record))


def get() -> Any:
    """Give the logger."""
    return structlog.get_logger()
