"""What is told as JSON when something is asked, and is no dataclass elsewhere; see `state`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from monitor.sensitivity import Sensitivity


class Column(Struct):
    """A column of an answer."""

    name: str
    type: str  # Polars' name of it


class Answer(Struct):
    """The answer to a question in SQL: `gaung sql --format json`."""

    schema: Literal["gaung.sql/1"]
    columns: list[Column]
    rows: list[dict[str, Any]]  # by the names of the columns; null is unknown


class ViewTold(Struct):
    """A view that may be asked for."""

    view: str
    what: str
    columns: dict[str, str]  # what each holds


class Views(Struct):
    """What may be asked: `gaung sql --views --format json`."""

    schema: Literal["gaung.views/1"]
    views: list[ViewTold]


class Node(Struct):
    """A node of a graph. Others of its fields depend on the kind of graph."""

    id: str
    label: str
    days: list[str] | None  # on which it was there


class Edge(Struct):
    """An edge of a graph. Others of its fields depend on the kind of graph."""

    source: str
    target: str
    weight: float
    days: list[str] | None  # on which it was there


class Graph(Struct):
    """A graph for NetworkX's node_link_graph(…, edges="edges"): `gaung graph -o FILE.json`."""

    schema: Literal["gaung.graph/1"]
    kind: Literal["amplification", "coordination", "hashtags", "links"]
    directed: bool
    multigraph: bool
    graph: dict[str, Any]  # its name, and what was computed of the whole
    nodes: list[Node]
    edges: list[Edge]


class AccountRow(Struct):
    """An account, most coordinated first."""

    account: str
    handle: str | None
    score: float  # mean surprise of the two accounts it most acts together with
    q: float | None  # of its surest tie within its group; null: in none
    group: int | None  # null: in none
    posts: int


class TieRow(Struct):
    """One way of a pair that acts together."""

    source: str
    target: str
    weight: int  # posts of the source that have one of the target beside them
    q: float | None
    first_at: datetime
    last_at: datetime
    posts: list[str]
    by: str | None  # what they share most surprisingly
    shared: int | None
    expected: float | None  # how much of it chance would have them share
    first: int | None  # meetings in which the source came first
    mean_delay: float | None  # seconds
    group: int | None


class MeetingRow(Struct):
    """Two posts that met."""

    group: int | None
    by: str
    what: str | None
    first_account: str
    first_post: str
    first_at: datetime
    then_account: str
    then_post: str
    then_at: datetime
    delay: int  # seconds


class ToldAlert(Struct):
    """An alert that would have been sent."""

    sensitivity: Sensitivity
    told_at: datetime
    onset: datetime
    peak_at: datetime
    end: datetime | None  # null: it still goes on
    posts: int
    expected: float
    authors: int
    once_in_days: float


class Replayed(Struct):
    """The past replayed: `gaung backtest TARGET --format json`."""

    schema: Literal["gaung.backtest/1"]
    target: str
    since: datetime
    until: datetime
    window_seconds: float
    alerts: list[ToldAlert]  # by time, of each sensitivity that was asked for


class PointTold(Struct):
    """A line of a series."""

    timestamp: str  # as it is written in the file
    value: float | None  # null: a gap
    expected: float | None  # null: it still learns what is usual, or nobody can say
    score: float | None  # from 0 to 1; 0 while it learns; null: a gap
    alert: bool


class SeriesTold(Struct):
    """A series of one's own, scored: `gaung backtest --series FILE --format json`."""

    schema: Literal["gaung.backtest-series/1"]
    file: str
    window_seconds: float
    sensitivity: Sensitivity
    points: list[PointTold]


class Becomes(Struct, rename={"source": "from"}):
    """A column or key of a file, and the field that it fills."""

    source: str
    to: str


class AsideTold(Struct):
    """Why records cannot be read."""

    reason: str
    field: str | None
    records: int
    such_as: str  # where the first of them stands


class ImportPreview(Struct):
    """What an import would do: `gaung import FILE --dry-run --json`."""

    schema: Literal["gaung.import-preview/1"]
    file: str
    sha256: str
    format: str
    tool: str | None  # that made the file; null: it does not say
    capture_mode: str  # searched, streamed, browsed, edges only, unknown
    records: int
    posts: int
    set_aside: int
    set_aside_by_reason: list[AsideTold]
    mapping: list[Becomes]
    rows: list[dict[str, Any]]  # the first posts


class Part(Struct):
    """A file of a lake."""

    rows: int
    sha256: str


class Lake(Struct):
    """What a lake is made of: its manifest.json."""

    schema: Literal["gaung.lake/1"]
    gaung: str  # the version that wrote it
    written_at: datetime
    pseudonyms: str | None  # tells by whose salt; null: real names
    rows: dict[str, int]  # by table
    sha256: str  # of what `sha256sum` prints of the parts, by name
    parts: dict[str, Part]  # by the path of the file
