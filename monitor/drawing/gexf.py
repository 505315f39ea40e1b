"""GEXF 1.3 for Gephi (0.9.3 and later), with the days on which each node and edge was there.

Days and not times (`timeformat="date"`): Gephi reads both, NetworkX reads no times. No attribute
is named `type`, which Gephi takes for the direction of an edge.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from monitor.drawing.drawing import Drawing
from monitor.drawing.markup import as_text, escaped, escaped_text, pieces, told_if_known, type_of

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
"""
# Its id is its name, and it stands before the rest: Gephi Lite knows the last attributes only, and
# calls others by their id.
_COURSE = """<attributes class="node" mode="dynamic">
<attribute id="community_then" title="community_then" type="long"/>
</attributes>
"""
_NODE_OWN = ("key", "label", "days", "spells", "course")
_EDGE_OWN = ("source", "target", "weight", "days", "spells")


def gexf(drawing: Drawing) -> Iterator[str]:
    """Give the file, piece by piece."""
    nodes, edges = _with_spells(drawing.nodes), _with_spells(drawing.edges)
    yield _HEAD
    yield f"<meta><creator>gaung</creator><description>{escaped_text(drawing.name)}"
    yield "</description></meta>\n"
    yield _graph_tag(drawing)
    if drawing.course.height:
        nodes = _with_course(nodes, drawing.course)
        yield _COURSE
    yield _attributes(nodes, "node", _NODE_OWN)
    yield _attributes(edges, "edge", _EDGE_OWN)
    yield "<nodes>\n"
    yield from pieces(nodes, _node(nodes))
    yield "</nodes>\n<edges>\n"
    yield from pieces(edges.with_row_index("number"), _edge(edges))
    yield "</edges>\n</graph>\n</gexf>\n"


def _graph_tag(drawing: Drawing) -> str:
    direction = "directed" if drawing.directed else "undirected"
    days = drawing.edges["days"].explode().drop_nulls()
    time = ' mode="static"'
    if len(days):
        first, last = pl.select(days.min(), after=days.max() + pl.duration(days=1)).row(0)
        time = f' mode="dynamic" timeformat="date" start="{first}" end="{last}"'
    return f'<graph defaultedgetype="{direction}"{time}>\n'  # its schema knows no name here


def _attributes(frame: pl.DataFrame, of: str, own: tuple[str, ...]) -> str:
    told = [
        f'<attribute id="{number}" title="{name}" type="{type_of(kind)}"/>'
        for number, (name, kind) in enumerate(_more(frame, own))
    ]
    return f'<attributes class="{of}" mode="static">\n' + "\n".join(told) + "\n</attributes>\n"


def _more(frame: pl.DataFrame, own: tuple[str, ...]) -> list[tuple[str, pl.DataType]]:
    return [(name, kind) for name, kind in frame.schema.items() if name not in own]


def _values(frame: pl.DataFrame, own: tuple[str, ...], *more: pl.Expr) -> pl.Expr:
    told = [
        told_if_known(f'<attvalue for="{number}" value="', as_text(name, kind), '"/>')
        for number, (name, kind) in enumerate(_more(frame, own))
    ]
    return pl.concat_str(pl.lit("<attvalues>"), *told, *more, pl.lit("</attvalues>"))


def _node(nodes: pl.DataFrame) -> pl.Expr:
    label = escaped(pl.col("label"))
    return pl.concat_str(
        pl.lit('<node id="'), escaped(pl.col("key")), pl.lit('" label="'), label, pl.lit('">'),
        _values(nodes, _NODE_OWN, *_course(nodes)), pl.col("spells"), pl.lit("</node>"),
    )  # fmt: skip


def _edge(edges: pl.DataFrame) -> pl.Expr:
    return pl.concat_str(
        pl.lit('<edge id="'), pl.col("number").cast(pl.String),
        pl.lit('" source="'), escaped(pl.col("source")),
        pl.lit('" target="'), escaped(pl.col("target")),
        pl.lit('" weight="'), pl.col("weight").cast(pl.String), pl.lit('">'),
        _values(edges, _EDGE_OWN), pl.col("spells"), pl.lit("</edge>"),
    )  # fmt: skip


def _course(nodes: pl.DataFrame) -> list[pl.Expr]:
    return [pl.col("course").fill_null("")] if "course" in nodes.columns else []


def _with_course(nodes: pl.DataFrame, course: pl.DataFrame) -> pl.DataFrame:
    """Add in which community each node was when."""
    value = pl.format(
        '<attvalue for="community_then" value="{}" start="{}" end="{}"/>',
        *(pl.col(name).cast(pl.String) for name in ("community", "start", "end")),
    )
    told = course.sort("key", "start").with_columns(course=value)
    joined = told.group_by("key", maintain_order=True).agg(pl.col("course").str.join(""))
    return nodes.join(joined, on="key", how="left", maintain_order="left")


def _with_spells(frame: pl.DataFrame) -> pl.DataFrame:
    """Add when each row was there: days that follow each other as one, up to the next midnight."""
    told = (
        frame.select("days")
        .with_row_index("row")
        .explode("days")
        .drop_nulls("days")
        .with_columns(new=(pl.col("days").diff().dt.total_days() != 1) | _first_of_row())
        .with_columns(run=pl.col("new").cum_sum())
        .group_by("row", "run", maintain_order=True)
        .agg(start=pl.col("days").first(), end=pl.col("days").last() + pl.duration(days=1))
        .with_columns(
            spell=pl.format(
                '<spell start="{}" end="{}"/>',
                pl.col("start").cast(pl.String),
                pl.col("end").cast(pl.String),
            )
        )
        .group_by("row", maintain_order=True)
        .agg(spells=pl.lit("<spells>") + pl.col("spell").str.join("") + pl.lit("</spells>"))
    )
    return (
        frame.with_row_index("row")
        .join(told, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("spells").fill_null(""))
        .drop("row")
    )


def _first_of_row() -> pl.Expr:
    return (pl.col("row") != pl.col("row").shift(1)).fill_null(value=True)
