// Reads graphs as Gephi Lite does, and tells what it read: node gephi_lite.mjs TOOLS FILE...
//
// The calls and their options are those of its parseFile: packages/gephi-lite/src/core/file/utils.ts in
// https://github.com/gephi/gephi-lite.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [tools, ...paths] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const Graph = require("graphology"), gexf = require("graphology-gexf"), graphml = require("graphology-graphml");

const told = paths.map((path) => {
  const text = readFileSync(path, "utf8");
  const graph = path.endsWith(".gexf")
    ? gexf.parse(Graph, text, { allowUndeclaredAttributes: true, addMissingNodes: true })
    : graphml.parse(Graph, text, { addMissingNodes: true });
  return {
    type: graph.type,
    nodes: graph.mapNodes((key, attributes) => [key, attributes]),
    edges: graph.mapEdges((_, attributes, source, target) => [source, target, attributes]),
  };
});
process.stdout.write(JSON.stringify(told));
