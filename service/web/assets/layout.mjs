// Lays out a graph: ELK's JSON comes in, the same with places for nodes, arrows and labels goes out.

import ELK from "elkjs/lib/elk.bundled.js";
import { readFileSync, writeFileSync } from "node:fs";

writeFileSync(1, JSON.stringify(await new ELK().layout(JSON.parse(readFileSync(0, "utf8")))));
