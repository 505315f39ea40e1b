"""GraphML: for NetworkX, igraph, Cytoscape, yEd and Gephi. It knows no days."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from monitor.drawing.drawing import Drawing
from monitor.drawing.markup import as_text, escaped, escaped_text, pieces, told_if_known, type_of

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns \
http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


def graphml(drawing: Drawing) -> Iterator[str]:
    """Give the file, piece by piece."""
    nodes, edges = drawing.nodes.drop("days"), drawing.edges.drop("days")
    yield _HEAD
    yield '<key id="name" for="graph" attr.name="name" attr.type="string"/>\n'
    yield _keys(nodes, "node", "n", ("key",))
    yield _keys(edges, "edge", "e", ("source", "target"))
    direction = "directed" if drawing.directed else "undirected"
    yield f'<graph edgedefault="{direction}">\n'
    yield f'<data key="name">{escaped_text(drawing.name)}</data>\n'
    head = [pl.lit('<node id="'), escaped(pl.col("key")), pl.lit('">')]
    yield from pieces(nodes, _element(nodes, head, "n", ("key",), "</node>"))
    ends = ("source", "target")
    head = [
        pl.lit('<edge source="'), escaped(pl.col("source")),
        pl.lit('" target="'), escaped(pl.col("target")), pl.lit('">'),
    ]  # fmt: skip
    yield from pieces(edges, _element(edges, head, "e", ends, "</edge>"))
    yield "</graph>\n</graphml>\n"


def _keys(frame: pl.DataFrame, of: str, mark: str, own: tuple[str, ...]) -> str:
    return "".join(
        f'<key id="{mark}{number}" for="{of}" attr.name="{name}" attr.type="{type_of(kind)}"/>\n'
        for number, (name, kind) in enumerate(frame.schema.items())
        if name not in own
    )


def _element(
    frame: pl.DataFrame, head: list[pl.Expr], mark: str, own: tuple[str, ...], tail: str
) -> pl.Expr:
    told = [
        told_if_known(f'<data key="{mark}{number}">', as_text(name, kind), "</data>")
        for number, (name, kind) in enumerate(frame.schema.items())
        if name not in own
    ]
    return pl.concat_str(*head, *told, pl.lit(tail))
