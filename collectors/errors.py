"""What can go wrong while reading a source, named by what the catcher does next.

::

    CollectorError
     ├── RateLimitedError         wait until `retry_at`
     ├── SourceUnavailableError   try again at the next turn
     ├── AccessRefusedError       ask the operator: a key, a permission, a setting
     ├── PayloadError             mend the parser: the source changed its shape
     └── DefectError              report it: gaung has a defect that this source brought out
    RecordError                   one record is set aside with its reason; its page goes on
    ImportFileError               the operator picks another file, format or mapping
"""

from __future__ import annotations

from datetime import datetime

from collectors.said import one_line


class CollectorError(Exception):
    """A source could not be read; the collection run gets its verdict from the subclass.

    Its message goes to terminals, logs and letters, and may hold what a server wrote: it is one
    line, whatever that was.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


class RateLimitedError(CollectorError):
    """The source asks to wait."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class SourceUnavailableError(CollectorError):
    """The source did not answer, or answered that it is broken."""


class AccessRefusedError(CollectorError):
    """The source answered, and does not let us in."""


class PayloadError(CollectorError):
    """The answer has a shape that the parser does not know."""


class DefectError(CollectorError):
    """Something that nobody expected, and that is ours to mend; the message names the trace."""


class RecordError(Exception):
    """One record cannot be read. `field` names where in it, as far as that is known."""

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class ImportFileError(Exception):
    """A file cannot be imported at all; the message names the file and the remedy."""
