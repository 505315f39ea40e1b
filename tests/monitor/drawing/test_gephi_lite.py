"""Gephi Lite reads our graphs: its own parsers, graphology-gexf and graphology-graphml, do."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from pathlib import Path

import networkx as nx
import pytest

pytestmark = pytest.mark.pages
_READS = Path(__file__).parent / "gephi_lite.mjs"
_TOOLS = Path(__file__).parents[3] / ".venv-servers" / "pages"


def read(*paths: Path):
    """Give what Gephi Lite has of each file: nodes and edges, with their attributes."""
    node = shutil.which("node")
    if node is None or not (_TOOLS / "node_modules" / "graphology-gexf").is_dir():
        pytest.skip("graphology is not installed: `make test-pages` does, with npm")
    done = subprocess.run(
        [node, str(_READS), str(_TOOLS), *map(str, paths)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def known(attributes):
    """Give the attributes that are told, without the days, which Gephi Lite does not know."""
    return {
        name: pytest.approx(value) if isinstance(value, float) else value
        for name, value in attributes.items()
        if name not in ("spells", "start", "end", "id")
        and not (isinstance(value, float) and math.isnan(value))
    }


@pytest.mark.parametrize("ending", ["gexf", "graphml"])
@pytest.mark.parametrize("kind", ["amplification", "hashtags", "links", "coordination"])
def test_gephi_lite_reads_what_networkx_reads(ran, tmp_path, kind, ending):
    path = tmp_path / f"g.{ending}"
    assert ran("graph", "all", "--kind", kind, "-o", path.name)[0] == 0
    [told] = read(path)
    ours = nx.read_gexf(path) if ending == "gexf" else nx.read_graphml(path)
    assert told["type"] == ("directed" if ours.is_directed() else "undirected")
    assert dict(told["nodes"]) == {key: known(more) for key, more in ours.nodes(data=True)}
    assert len(told["edges"]) == ours.number_of_edges() >= 3
    for source, target, attributes in told["edges"]:
        assert attributes == known(ours.edges[source, target])


def test_gephi_lite_keeps_the_names_of_attributes_where_communities_are_followed(ran, tmp_path):
    assert ran("graph", "all", "--every", "2d", "-o", "g.gexf")[0] == 0
    [told] = read(tmp_path / "g.gexf")
    names = {name for _, attributes in told["nodes"] for name in attributes}
    assert {"label", "community", "pagerank", "community_then"} <= names
    assert not any(name.isdigit() for name in names)
