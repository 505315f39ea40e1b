"""What can go wrong that an operator can mend; each is one line on stderr, and exit code 1.

::

    OperatorError
     ├── ConfigError            config.toml: which key, what is wrong, what to write
     ├── StoreError
     │    ├── StoreMissingError  nothing was collected or imported yet
     │    ├── StoreGoneError     it was taken away under the daemon: bring it back
     │    ├── StoreBusyError     another process holds the store for too long; it is named
     │    ├── StoreTooNewError   a newer gaung wrote it
     │    ├── StoreFullError     the disk is full
     │    ├── StoreDamagedError  the file does not hold what was written: restore a backup
     │    └── StoreAccessError   the file or folder may not be read or written, or is no store
     └── DaemonRunningError     a second daemon on one store
"""

from __future__ import annotations


class OperatorError(Exception):
    """Something that the operator can put right; the message says what and how."""


class ConfigError(OperatorError):
    """The configuration cannot be used."""


class StoreError(OperatorError):
    """The store cannot be used."""


class StoreMissingError(StoreError):
    """There is no store yet."""


class StoreGoneError(StoreError):
    """The store was taken away while the daemon ran."""


class StoreBusyError(StoreError):
    """Another process has held the store for longer than we are ready to wait."""


class StoreTooNewError(StoreError):
    """The store was written by a newer gaung."""


class StoreFullError(StoreError):
    """The disk is full; the transaction was rolled back."""


class StoreDamagedError(StoreError):
    """The store's file, or the log beside it, does not hold what was written."""


class StoreAccessError(StoreError):
    """The store may not be opened, or is not a store."""


class DaemonRunningError(OperatorError):
    """A daemon already runs on this store."""
