// Builds what pages load: styles, scripts and icons, named after their content, beside their compressed copies.
// Written to ../static with manifest.json: plain name → built name.

import { build } from "esbuild";
import { compile } from "sass";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = join(HERE, "..", "static");
const TARGET = ["chrome90", "firefox90", "safari14"];

async function style() {
  // Bootstrap 5.3 was written for an older Sass, whose habits are deprecated, not wrong.
  const { css } = compile(join(HERE, "src/site.scss"), {
    loadPaths: [join(HERE, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import"],
  });
  return bundled({ contents: css, loader: "css", resolveDir: HERE });
}

async function script(name) {
  return bundled({ contents: await readFile(join(HERE, "src", name)), loader: "js", resolveDir: join(HERE, "src") });
}

async function bundled(stdin) {
  const options = { bundle: true, minify: true, write: false, legalComments: "none", target: TARGET };
  const { outputFiles } = await build({ stdin, format: "esm", ...options });
  return outputFiles[0].contents;
}

// One file with a symbol for each icon that a template names.
async function icons() {
  const names = JSON.parse(await readFile(join(HERE, "src/icons.json")));
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${(await Promise.all(names.map(symbol))).join("")}</svg>`);
}

async function symbol(name) {
  const drawn = await readFile(join(HERE, `node_modules/bootstrap-icons/icons/${name}.svg`), "utf8");
  const [, box, paths] = drawn.match(/viewBox="([^"]+)"[^>]*>([\s\S]*)<\/svg>/);
  return `<symbol id="${name}" viewBox="${box}">${paths.trim()}</symbol>`;
}

function named(name, content) {
  const [stem, ending] = name.split(".");
  return `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}.${ending}`;
}

async function write(name, content) {
  await writeFile(join(OUT, name), content);
  await writeFile(join(OUT, `${name}.gz`), gzipSync(content, { level: 9 }));
  await writeFile(join(OUT, `${name}.br`), brotliCompressSync(content));
  console.log(`${name}: ${content.length} bytes, ${brotliCompressSync(content).length} with brotli`);
}

// On every desk, on every page of the portal; and on the pages alone that load them.
const SCRIPTS = ["site.js", "portal.js", "htmx.js", "filing.js", "receipt.js", "complaint.js", "charts.js"];

const built = { "site.css": await style(), "icons.svg": await icons() };
for (const name of SCRIPTS) built[name] = await script(name);
built["favicon.svg"] = await readFile(join(HERE, "src/favicon.svg"));
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const manifest = {};
for (const [name, content] of Object.entries(built)) {
  manifest[name] = named(name, content);
  await write(manifest[name], content);
}
// Last: whoever finds it finds all the rest.
await writeFile(join(OUT, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
