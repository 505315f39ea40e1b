"""CSV of the edges, and JSON as NetworkX reads it (`node_link_graph(…, edges="edges")`)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import polars as pl

from monitor.drawing.drawing import Drawing
from monitor.drawing.markup import pieces
from monitor.sheets.columns import safe_column

SCHEMA = "gaung.graph/1"
_TIME = "%Y-%m-%dT%H:%M:%S%:z"


def csv(drawing: Drawing) -> Iterator[str]:
    """Give the edges, with the names of both ends where they have any but their keys."""
    edges = drawing.edges.drop("days")
    ends = dict(zip(drawing.ends, ("source", "target"), strict=True))
    known = drawing.nodes.select("key", "label")
    for end, side in ends.items():
        of = known.select(pl.col("key").alias(side), pl.col("label").alias(f"{end}_label"))
        edges = edges.join(of, on=side, how="left", maintain_order="left")
    labels = [pl.col(f"{end}_label") for end in ends]
    if not (known["key"] != known["label"]).any() and drawing.ends == ("source", "target"):
        labels = []
    more = [pl.col(name) for name in drawing.edges.columns if name not in (*ends.values(), "days")]
    named = [pl.col(side).alias(end) for end, side in ends.items()]
    # Where the columns of another command are kept to, names stand behind them.
    order = [*named, *more, *labels] if drawing.ends[0] == "source" else [*named, *labels, *more]
    told = edges.select(order).with_columns(
        *(_cell(name, kind) for name, kind in edges.select(order).schema.items())
    )
    yield told.head(0).write_csv()
    for rows in told.iter_slices(50_000):
        yield rows.write_csv(include_header=False)


def _cell(name: str, kind: pl.DataType) -> pl.Expr:
    told = pl.col(name)
    if isinstance(kind, pl.Datetime):
        return told.dt.to_string(_TIME)
    if isinstance(kind, pl.List):
        told = told.list.join(" ")
    if isinstance(kind, pl.List | pl.String):
        return safe_column(told).alias(name)
    return told


def as_json(drawing: Drawing) -> Iterator[str]:
    """Give nodes and edges with all that is known; null is unknown, never zero."""
    head = {
        "schema": SCHEMA,
        "kind": drawing.kind,
        "directed": drawing.directed,
        "multigraph": False,
        "graph": {"name": drawing.name, **drawing.facts},
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "nodes": [\n'
    yield from _rows(_with_course(drawing).rename({"key": "id"}))
    yield ' ],\n "edges": [\n'
    yield from _rows(drawing.edges)
    yield " ]\n}\n"


def _with_course(drawing: Drawing) -> pl.DataFrame:
    if drawing.course.is_empty():
        return drawing.nodes
    days = (pl.col(name).cast(pl.String) for name in ("start", "end"))
    then = drawing.course.sort("key", "start").group_by("key", maintain_order=True).agg(
        course=pl.struct("community", *days)
    )  # fmt: skip
    return drawing.nodes.join(then, on="key", how="left", maintain_order="left")


def _rows(frame: pl.DataFrame) -> Iterator[str]:
    times = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    told = frame.with_columns(
        *(pl.col(name).dt.to_string(_TIME) for name in times),
        pl.col("days").cast(pl.List(pl.String)),
    )
    last = frame.height - 1
    numbered = told.with_row_index("row number")
    comma = pl.when(pl.col("row number") == last).then(pl.lit("")).otherwise(pl.lit(","))
    line = pl.struct(told.columns).struct.json_encode() + comma
    if frame.height:
        yield from pieces(numbered, pl.lit("  ") + line)
