/**
 * Bundles script and style into src/cinnabar/static/app/ and writes assets.json.
 *
 * One script for all pages: an `integrity` attribute covers one file, not what it imports, and
 * most of a page's script is what pages share. The app's service worker is a script of its own,
 * served at /app/worker.js. File names carry a hash of the content, so a page
 * never meets another version's script, and both files may be cached for ever. `--tests` builds
 * the tests instead.
 */
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "src", "cinnabar", "static", "app");
const LIMIT = 60_000; // octets, as they are sent, all files together
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

const files = (folder, ending) =>
  readdirSync(join(HERE, folder)).filter((name) => name.endsWith(ending)).sort().map((name) => join(HERE, folder, name));

async function buildTests() {
  const outdir = join(HERE, ".built", "tests");
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: files("tests", ".test.ts"),
    outdir, bundle: true, platform: "node", format: "esm", target: "node20",
    outExtension: { ".js": ".mjs" }, sourcemap: "inline", logLevel: "warning",
  });
}

async function buildPages() {
  const made = await build({
    // The reader of QR codes is a file of its own: one page of all has a camera.
    entryPoints: {
      app: join(HERE, "src", "main.ts"), scan: join(HERE, "src", "scan.ts"),
      worker: join(HERE, "src", "worker", "worker.ts"), style: join(HERE, "style", "app.css"),
    },
    outdir: OUT, entryNames: "[name]-[hash]", bundle: true, minify: true, write: false, metafile: true,
    format: "esm", target: ["es2022", "chrome111", "firefox115", "safari16.4"], charset: "utf8",
    legalComments: "none", logLevel: "warning", absWorkingDir: HERE,
    // The hash in a name covers the paths of what was bundled: let it not depend on a link's target.
    preserveSymlinks: true,
  });
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const assets = {};
  let total = 0;
  for (const file of [...made.outputFiles].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = basename(file.path);
    const packed = brotliCompressSync(file.contents, BROTLI);
    total += packed.length;
    assets[name.replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1")] = {
      file: name,
      integrity: `sha384-${createHash("sha384").update(file.contents).digest("base64")}`,
    };
    writeFileSync(file.path, file.contents);
    writeFileSync(`${file.path}.br`, packed);
    console.log(`${String(packed.length).padStart(7)}  ${name}`);
  }
  writeFileSync(join(OUT, "licences.txt"), licences(made.metafile.inputs));
  writeFileSync(join(OUT, "assets.json"), `${JSON.stringify(assets, null, 2)}\n`);
  console.log(`${String(total).padStart(7)}  compressed, of ${LIMIT}`);
  if (total > LIMIT) throw new Error(`script and style are ${total} octets compressed; the limit is ${LIMIT}`);
}

/** What the authors of bundled packages want to be passed on with every copy. */
function licences(inputs) {
  const packages = new Set(Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  const licence = (name) => ["LICENSE-MIT", "LICENSE"].map((file) => join(HERE, "node_modules", name, file)).find(existsSync);
  return [...packages].sort().map((name) => `${name}\n\n${readFileSync(licence(name), "utf8")}`).join("\n");
}

await (process.argv.includes("--tests") ? buildTests() : buildPages());
