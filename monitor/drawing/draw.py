"""From an input to a graph that is ready to be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import polars as pl

from monitor.drawing.amplification import amplification
from monitor.drawing.course import with_course
from monitor.drawing.drawing import Drawing
from monitor.drawing.sharing import HASHTAG_COLUMNS, LINK_COLUMNS, hashtags, links
from monitor.engines import Engine, engine_of
from monitor.errors import OperatorError
from monitor.inputs import Input

_NOTHING = {
    "amplification": "nobody reposted, quoted, answered or named anybody in this time",
    "hashtags": "no post in this time has two hashtags",
    "links": "no account shared two links in this time",
    "coordination": "no two accounts act together more often than chance explains",
}


def draw(
    source: Input,
    kind: str,
    *,
    every: timedelta | None = None,
    engine: Engine | None = None,
    on_read: Callable[[], None] = lambda: None,
) -> Drawing:
    """Draw an input. every: also follow communities in steps of so many days.

    engine: what counts the edges; None: Polars. on_read: is called once all is read. Raises
    `OperatorError` where there is nothing to draw.
    """
    read = _READ[kind](source)
    on_read()
    drawing = checked(_DRAWN[kind](source, read, engine or engine_of("polars")), source)
    return drawing if every is None else with_course(drawing, source.acts(), every)


def checked(drawing: Drawing, source: Input, *, why: str = "") -> Drawing:
    """Add what the input says of itself. Raises `OperatorError` where there is nothing to draw.

    why: in place of the usual reason.
    """
    if drawing.edges.is_empty():
        reason = why or _NOTHING[drawing.kind]
        raise OperatorError(f"{source.wanted.name}: {reason}: there is no graph to write")
    notes = list(source.notes)
    if source.set_aside:
        notes.append(f"{len(source.set_aside):,} records could not be read.")
    return drawing.but(lines=(*drawing.lines, *notes))


def on_backbone(drawing: Drawing, level: float) -> Drawing:
    """Keep the edges that the disparity filter has below a level, and who has any of them."""
    edges = drawing.edges.filter(pl.col("p") < level)
    if edges.is_empty():
        unjudged = drawing.edges["p"].null_count()
        raise OperatorError(
            f"no edge of {drawing.edges.height:,} is heavier than chance at --backbone {level:g} "
            f"({unjudged:,} are the only one of both their ends): raise it, or leave it out"
        )
    ends = pl.concat([edges["source"], edges["target"]]).unique()
    nodes = drawing.nodes.filter(pl.col("key").is_in(ends.implode()))
    told = (
        f"Backbone at {level:g}: {edges.height:,} of {drawing.edges.height:,} edges remain, and "
        f"{nodes.height:,} of {drawing.nodes.height:,} {drawing.what}; what is said of these was "
        "computed before."
    )
    return drawing.but(nodes=nodes, edges=edges, lines=(*drawing.lines, told))


def labelled(drawing: Drawing, names: Mapping[str, str]) -> Drawing:
    """Show nodes by these names; others by their keys."""
    label = pl.col("key").replace(dict(names))
    return drawing.but(nodes=drawing.nodes.with_columns(label=label))


def renamed(drawing: Drawing, names: Mapping[str, str]) -> Drawing:
    """Call nodes by these names everywhere, also as keys; order then tells nothing of the keys.

    Two that have the same name stay two: the second is called `name-2`.
    """
    keys = drawing.nodes["key"].sort()
    called = pl.DataFrame({"key": keys, "name": [names.get(key, key) for key in keys]})
    place = pl.int_range(1, pl.len() + 1).over("name")
    called = called.with_columns(
        name=pl.when(place > 1).then(pl.format("{}-{}", "name", place)).otherwise("name")
    )
    of = dict(called.iter_rows())
    shown = [name for name in ("mostly",) if name in drawing.nodes.columns]
    nodes = drawing.nodes.with_columns(
        pl.col("key").replace(of), *(pl.col(name).replace(of) for name in shown)
    )
    ends = [pl.col(side).replace(of) for side in ("source", "target")]
    # Ids of posts lead to their authors.
    edges = drawing.edges.drop("posts", strict=False).with_columns(ends)
    course = drawing.course.with_columns(pl.col("key").replace(of))
    nodes = nodes.with_columns(label=pl.col("key"))
    return drawing.but(nodes=nodes, edges=edges, course=course).order()


def _amplification(source: Input, acts: pl.DataFrame, engine: Engine) -> Drawing:
    drawing = amplification(acts, source.wanted.name, engine)
    drawing = labelled(drawing, source.handles(drawing.nodes["key"].to_list()))
    reposts = source.posts("post_key", "kind").filter(pl.col("kind") == "repost").height
    known = acts.filter(pl.col("kind") == "repost", pl.col("target_author_key").is_not_null())
    unknown = reposts - known.height
    if unknown <= 0:
        return drawing
    told = f"{unknown:,} of {reposts:,} reposts do not say whom they pass on: they are left out."
    return drawing.but(lines=(*drawing.lines, told))


def _hashtags(source: Input, posts: pl.DataFrame, engine: Engine) -> Drawing:
    return hashtags(posts, source.wanted.name, engine)


def _links(source: Input, posts: pl.DataFrame, engine: Engine) -> Drawing:
    return links(posts, source.wanted.name, engine)


_READ: dict[str, Callable[[Input], pl.DataFrame]] = {
    "amplification": lambda source: source.acts(),
    "hashtags": lambda source: source.posts(*HASHTAG_COLUMNS),
    "links": lambda source: source.posts(*LINK_COLUMNS),
}
_DRAWN: dict[str, Callable[[Input, pl.DataFrame, Engine], Drawing]] = {
    "amplification": _amplification,
    "hashtags": _hashtags,
    "links": _links,
}
