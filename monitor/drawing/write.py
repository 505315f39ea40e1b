"""Writes a drawing into a file, in the format of its ending: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.drawing.drawing import Drawing
from monitor.drawing.gexf import gexf
from monitor.drawing.graphml import graphml
from monitor.drawing.tables import as_json, csv
from monitor.errors import OperatorError

_FORMATS: dict[str, tuple[Callable[[Drawing], Iterator[str]], str]] = {
    ".gexf": (gexf, "Gephi 0.9.3 or later (with timeline), NetworkX"),
    ".graphml": (graphml, "NetworkX, igraph, Cytoscape, yEd, Gephi"),
    ".csv": (csv, "spreadsheets, Gephi's table import; edges only"),
    ".json": (as_json, 'NetworkX: node_link_graph(json, edges="edges")'),
}
ENDINGS = tuple(_FORMATS)


def opened_with(path: Path) -> str:
    """Name what can open a file of this ending."""
    return _FORMATS[path.suffix.lower()][1]


def write(drawing: Drawing, path: Path) -> None:
    """Write a drawing, for its owner only. A file that was there stays until it is complete.

    Raises `OperatorError` where the folder cannot be written to.
    """
    pieces = _FORMATS[path.suffix.lower()][0](drawing)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        beside.replace(path)
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
