// Bundles the engine worker: `node .ci/bundle.mjs <outdir>` writes
//   engine-worker.js    one classic script without imports
//   duckdb-eh.wasm.gz   the engine without what nothing calls (slim.mjs), compressed here because many static hosts neither compress wasm nor take files over 25 MiB
//   extensions/…        DuckDB's own signed extensions, where whoever builds has put some into duckdb/extensions/v…/wasm_eh/*.duckdb_extension.wasm:
//                       the engine then stays as it was published, for they call into all of it, and loads them when it starts
// The compressed engine is kept in target/bundle/ and made again only when the package's file changes.

import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { build } from 'esbuild';
import { slim } from './slim.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const wasmFile = path.join(root, 'node_modules/@duckdb/duckdb-wasm/dist/duckdb-eh.wasm');
const blockingFile = path.join(root, 'node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs');
const slimFile = path.join(root, '.ci/slim.mjs');
const wasmOpt = path.join(root, 'node_modules/.bin/wasm-opt');
/** Where extensions are looked for, and where below the engine's folder DuckDB asks for them. */
const extensionsDir = path.join(root, 'duckdb/extensions');
const EXTENSION = /^(v[\d.]+\/wasm_eh)\/(\w+)\.duckdb_extension\.wasm$/;
const cacheDir = path.join(root, 'target/bundle');

/** What the published engine is built with; wasm-opt may use no more. */
const FEATURES = ['exception-handling', 'bulk-memory', 'bulk-memory-opt', 'sign-ext', 'nontrapping-float-to-int', 'mutable-globals'].map(name => `--enable-${name}`);

/**
 * @param {string} outDir
 * @param {string} [extensionsFrom] a folder that is laid out as DuckDB's repository of extensions is
 * @returns {Promise<{ worker: string, wasm: string }>} the files written
 */
export async function bundle(outDir, extensionsFrom = extensionsDir) {
  await mkdir(outDir, { recursive: true });
  const worker = path.join(outDir, 'engine-worker.js');
  const wasm = path.join(outDir, 'duckdb-eh.wasm.gz');
  const extensions = await copyExtensions(extensionsFrom, path.join(outDir, 'extensions'));
  await bundleWorker(worker, await compressEngine(wasm, extensions.length > 0), extensions);
  return { worker, wasm };
}

/**
 * @param {string} from
 * @param {string} to
 * @returns {Promise<{ name: string, file: string, hash: string }[]>} `file` below both folders
 */
async function copyExtensions(from, to) {
  const files = (await readdir(from, { recursive: true }).catch(() => [])).map(file => file.replaceAll(path.sep, '/')).sort();
  const found = [];
  for (const file of files) {
    const [, folder, name] = EXTENSION.exec(file) ?? [];
    if (!folder || !name) continue;
    await mkdir(path.join(to, folder), { recursive: true });
    await copyFile(path.join(from, file), path.join(to, file));
    // With the hash the worker is another one when an extension is, and with it the name of the folder that they are in.
    found.push({ name, file, hash: createHash('sha256').update(await readFile(path.join(from, file))).digest('hex').slice(0, 12) });
  }
  return found;
}

/**
 * The SQL editor as one module without imports.
 * @param {string} outFile
 */
export async function bundleEditor(outFile) {
  await build({
    entryPoints: [path.join(root, 'src/ui/editor/editor.mjs')],
    outfile: outFile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    legalComments: 'eof',
    logLevel: 'warning',
  });
}

/**
 * @param {string} outFile
 * @param {number} size of the expanded engine, for the progress bar
 * @param {{ name: string, file: string, hash: string }[]} extensions
 */
async function bundleWorker(outFile, size, extensions) {
  await build({
    entryPoints: [path.join(root, 'src/engine/worker/worker.mjs')],
    outfile: outFile,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['es2022'],
    legalComments: 'eof',
    define: { __WASM_BYTES__: String(size), __EXTENSIONS__: JSON.stringify(extensions) },
    plugins: [withoutArrow, withoutMvp],
    logLevel: 'warning',
    // The stand-in for Arrow has none of the members that the package names; none of them is reached.
    logOverride: { 'import-is-undefined': 'silent' },
  });
}

/**
 * The package's bindings use Apache Arrow only where they build tables from answers. We hand the bytes on and decode them in Rust,
 * so 200 kB of it stay out.
 * @type {import('esbuild').Plugin}
 */
const withoutArrow = {
  name: 'without-arrow',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^apache-arrow$/ }, () => ({ path: 'apache-arrow', namespace: 'absent' }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export {};', loader: 'js' }));
  },
};

/**
 * The package holds the glue code of two builds, 0.4 MB each. We ship the build with wasm exceptions only, so the other's glue goes.
 * The rules name what stands in the pinned version; another version stops the build here, and then somebody looks.
 * @type {import('esbuild').Plugin}
 */
const withoutMvp = {
  name: 'without-mvp',
  setup({ onResolve, onLoad }) {
    // The package's list of entries lacks this file.
    onResolve({ filter: /^@duckdb\/duckdb-wasm\/dist\/duckdb-browser-blocking\.mjs$/ }, () => ({ path: blockingFile }));
    onLoad({ filter: /duckdb-browser-blocking\.mjs$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const choice = /\.wasmExceptions&&(\w+)\.eh\?new (\w+)\((\w+),(\w+),\1\.eh\.mainModule\):new (\w+)\(\3,\4,\1\.mvp\.mainModule\)/;
      const chosen = choice.exec(source);
      const mvpClass = chosen?.[5];
      const caller = mvpClass && new RegExp(`var ${mvpClass}=class extends .{0,120}?\\(0,(\\w+)\\.default\\).{0,200}?\\}\\};`).exec(source);
      const glue = caller && new RegExp(`var ${caller[1]}=(\\w+)\\((\\w+)\\(\\)\\);`).exec(source);
      const from = glue ? source.indexOf(`var ${glue[2]}=`) : -1;
      const last = '()=>DuckDB)});';
      const to = from < 0 ? -1 : source.indexOf(last, from);
      if (!chosen || !caller || !glue || to < 0) {
        throw new Error(`${file} is not the version that .ci/bundle.mjs was written for: look at withoutMvp.`);
      }
      // By text, for the bundler keeps all of a file that calls eval, as this glue does.
      const contents = (source.slice(0, from) + source.slice(to + last.length))
        .replace(chosen[0], `,new ${chosen[2]}(${chosen[3]},${chosen[4]},${chosen[1]}.eh.mainModule)`)
        .replace(caller[0], '')
        .replace(glue[0], '');
      return { contents, loader: 'js' };
    });
  },
};

/** @param {string} outFile @param {boolean} isWhole with all that extensions may call */
async function compressEngine(outFile, isWhole) {
  const [raw, glue, how] = await Promise.all([readFile(wasmFile), readFile(blockingFile, 'utf8'), readFile(slimFile)]);
  const hash = createHash('sha256').update(raw).update(glue).update(how).digest('hex');
  const cached = path.join(cacheDir, `duckdb-eh-${hash.slice(0, 16)}${isWhole ? '-whole' : ''}.wasm.gz`);
  if (!(await exists(cached))) {
    await mkdir(cacheDir, { recursive: true });
    const half = `${cached}.${process.pid}`;
    await writeFile(half, isWhole ? raw : slim(raw, glue).wasm);
    if (!isWhole) await promisify(execFile)(wasmOpt, [...FEATURES, '--remove-unused-module-elements', half, '-o', half]);
    const small = await promisify(gzip)(await readFile(half), { level: constants.Z_BEST_COMPRESSION });
    await writeFile(half, small);
    await rename(half, cached);
  }
  const [from, to] = await Promise.all([stat(cached), stat(outFile).catch(() => null)]);
  if (to?.size !== from.size || to.mtimeMs < from.mtimeMs) await copyFile(cached, outFile);
  // gzip ends with the length of what it holds.
  return (await readFile(cached)).readUInt32LE(from.size - 4);
}

/** @param {string} file */
async function exists(file) {
  return (await stat(file).catch(() => null)) !== null;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const outDir = process.argv[2];
  if (!outDir) {
    console.error('usage: node .ci/bundle.mjs <outdir>');
    process.exit(2);
  }
  const { worker, wasm } = await bundle(path.resolve(outDir));
  for (const file of [worker, wasm]) console.log(`${file} ${(await stat(file)).size} bytes`);
}
