"""A store for one command: the posts of files, which nobody wants to keep."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.wiring import App


@contextmanager
def on_files(app: App, path: Path | None) -> Iterator[App]:
    """Give the app on a store of these files, which is gone afterwards; without a path the own."""
    if path is None:
        yield app
        return
    from collectors.errors import ImportFileError
    from monitor import clock
    from monitor.cli.importing import import_progress
    from monitor.errors import OperatorError
    from monitor.importing import import_file, importer_for
    from monitor.inputs.by_columns import ByColumns
    from monitor.inputs.files import files_in
    from monitor.store import StoreFile

    with tempfile.TemporaryDirectory(prefix="gaung-") as folder:
        stores = StoreFile(Path(folder) / "posts.duckdb")
        aside = 0
        for file in files_in(path):
            try:
                with import_progress(file) as on_progress:
                    done = import_file(
                        stores,
                        file,
                        importer=ByColumns(importer_for(file, "auto")),
                        mapping={},
                        now=clock.now(),
                        on_progress=on_progress,
                    )
            except ImportFileError as error:
                raise OperatorError(str(error)) from error
            aside += done.set_aside
        if aside:
            click.echo(
                f"{aside:,} records were set aside: `gaung import {path.name}` tells which and why",
                err=True,
            )
        sys.stderr.flush()
        yield replace(app, stores=stores)
