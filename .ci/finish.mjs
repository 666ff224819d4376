#!/usr/bin/env node
// The last step of a Trunk build: turns what Trunk staged into the site that ships, or fails the build.
//   - one script and one stylesheet for the page, named by their contents; no script inside the HTML
//   - the import worker, the database engine and the SQL editor, each in a folder named by its contents and named in a <meta> of index.html,
//     so that one index.html always goes with one set of files
//   - embed.js, which other pages load by this very name
//   - the sample files
//   - the service worker, with the list of all these files in it
//   - a check that any static host can serve the result from any folder
// It must not know anything about what the programs do.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { bundleEditor } from './bundle.mjs';

/** Some static hosts refuse larger files. */
const MAX_FILE_BYTES = 25 * 1024 * 1024;
const TARGET = 'es2022';
const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** A problem that the person who builds can act on. */
class BuildProblem extends Error {}

/** @param {...(string | Uint8Array)} contents */
function hashOf(...contents) {
  const hash = createHash('sha256');
  // Lengths keep ("ab", "c") and ("a", "bc") apart.
  for (const content of contents) hash.update(`${content.length}:`).update(content);
  return hash.digest('hex').slice(0, 12);
}

/** @param {string} tag one opening HTML tag @returns {Record<string, string>} */
function attributesOf(tag) {
  /** @type {Record<string, string>} */
  const attributes = {};
  for (const [, name = '', double, single, bare] of tag.replace(/^<[\w-]+/, '').matchAll(/([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)) {
    attributes[name.toLowerCase()] = double ?? single ?? bare ?? '';
  }
  return attributes;
}

/**
 * Everything in the HTML that a strict content security policy, another folder or an offline reader would break.
 * @param {string} html
 * @param {(relative: string) => boolean} exists
 * @returns {string[]} one line each; empty when all is well
 */
export function problemsOfHtml(html, exists) {
  const problems = [];
  let policy = '';
  for (const [whole, tag = '', name = '', body] of html.replace(/<!--[\s\S]*?-->/g, '').matchAll(/(<([a-z][\w-]*)\b(?:"[^"]*"|'[^']*'|[^>"'])*>)(?:(?<=<script\b[^>]*>)([\s\S]*?)<\/script>)?/gi)) {
    const attributes = attributesOf(tag);
    const element = name.toLowerCase();
    if (element === 'script' && body?.trim()) problems.push(`a script inside the HTML: ${whole.slice(0, 80)}`);
    if (element === 'base') problems.push('a <base> element: it changes what every relative address means');
    if (element === 'meta' && attributes['http-equiv']?.toLowerCase() === 'content-security-policy') policy = attributes.content ?? '';
    for (const [key, value] of Object.entries(attributes)) {
      if (/^on[a-z]+$/.test(key)) problems.push(`an inline handler: ${key} on <${element}>`);
      if (!['src', 'href', 'srcset', 'poster', 'action', 'data', 'imagesrcset'].includes(key)) continue;
      // A link that the reader presses is not a request of the page.
      if (element === 'a' && /^https:\/\//.test(value)) continue;
      if (value.startsWith('data:') || value.startsWith('#') || value === '') continue;
      if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(value)) problems.push(`another origin: ${key}="${value}" on <${element}>`);
      else if (value.startsWith('/')) problems.push(`an absolute path: ${key}="${value}" on <${element}>`);
      else if (!exists(value.replace(/[?#].*$/, ''))) problems.push(`a file that was not built: ${key}="${value}" on <${element}>`);
    }
  }
  const scripts = /(?:^|;)\s*script-src\s+([^;]*)/i.exec(policy)?.[1] ?? /(?:^|;)\s*default-src\s+([^;]*)/i.exec(policy)?.[1];
  if (scripts === undefined) problems.push('no content security policy for scripts: <meta http-equiv="Content-Security-Policy" …>');
  else if (/'unsafe-inline'|'unsafe-eval'/.test(scripts)) problems.push(`a content security policy that allows scripts from anywhere in the page: ${scripts}`);
  if (policy && !/(?:^|;)\s*require-trusted-types-for\s+'script'/i.test(policy)) problems.push("a content security policy that lets text become markup or a program: require-trusted-types-for 'script'");
  return problems;
}

/** @param {string} css @returns {string[]} */
export function problemsOfCss(css) {
  const addresses = [...css.matchAll(/url\(\s*["']?([^"')]*)|@import\s+["']([^"']*)/gi)].map(found => found[1] ?? found[2] ?? '');
  return addresses.filter(address => !/^(data:|#)/.test(address)).map(address => `a stylesheet that loads "${address}": write it into the stylesheet as a data: address`);
}

/**
 * Replaces elements of the HTML, leaving comments out.
 * @param {string} html
 * @param {RegExp} element global, must match the whole element
 * @param {(whole: string) => string} replacement
 */
function replaceElements(html, element, replacement) {
  return html.replace(new RegExp(`<!--[\\s\\S]*?-->|${element.source}`, 'gi'), whole => (whole.startsWith('<!--') ? '' : replacement(whole)));
}

/** @param {string} folder @param {string} [inside] @returns {string[]} paths relative to `folder` */
function filesBelow(folder, inside = '') {
  return fs.readdirSync(path.join(folder, inside), { withFileTypes: true }).flatMap(entry => {
    const relative = path.posix.join(inside, entry.name);
    return entry.isDirectory() ? filesBelow(folder, relative) : [relative];
  });
}

/**
 * Messages that arrive while the worker's program is still loading are kept and handed to it once it listens. A program
 * that cannot be loaded ends as an `error` event on the Worker, which a rejected promise alone would not.
 */
const WORKER_START = `{
  const early = [];
  const keep = event => early.push(event);
  self.addEventListener('message', keep);
  wasm_bindgen({ module_or_path: new URL('importer.wasm', self.location.href) }).then(
    () => {
      self.removeEventListener('message', keep);
      for (const { data, ports } of early) self.dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
    },
    error => setTimeout(() => { throw error; }),
  );
}
`;

class Site {
  /** @param {string} staging @param {boolean} release */
  constructor(staging, release) {
    this.staging = staging;
    this.release = release;
    this.html = fs.readFileSync(this.path('index.html'), 'utf8');
    /** Name of the page's own script. */
    this.pageScript = '';
    /** This build is being served by `trunk serve` and changes under the page: it is not to be kept. */
    this.reloads = false;
  }

  /** @param {...string} parts */
  path(...parts) {
    return path.join(this.staging, ...parts);
  }

  /** @param {string} name @param {string} why */
  need(name, why) {
    if (!fs.existsSync(this.path(name))) throw new BuildProblem(`${name} was not built: ${why}`);
    return fs.readFileSync(this.path(name));
  }

  /** @param {string} tags */
  addToHead(tags) {
    if (!/<\/head>/i.test(this.html)) throw new BuildProblem('index.html has no </head>');
    this.html = this.html.replace(/<\/head>/i, () => `${tags}</head>`);
  }

  /** The page's program: glue, snippets and start in one module. */
  async page() {
    const mark = /<script data-start-js="([^"]+)" data-start-wasm="([^"]+)"><\/script>/;
    const [whole, js = '', wasm = ''] = mark.exec(this.html) ?? [];
    if (whole === undefined) throw new BuildProblem('index.html has no <link data-trunk rel="rust" data-bin="spandeck" …>');
    const program = this.need(wasm, 'wasm-bindgen wrote no wasm for the page');
    const wasmName = `spandeck-${hashOf(program)}.wasm`;
    const built = await esbuild.build({
      stdin: {
        contents: `import init from './${js}';\nimport { startFailed } from ${JSON.stringify(path.join(ROOT, 'src/browser/start.mjs'))};\ninit({ module_or_path: new URL('./${wasmName}', import.meta.url) }).catch(startFailed);\n`,
        resolveDir: this.staging,
      },
      bundle: true, format: 'esm', target: TARGET, minify: this.release, write: false, logLevel: 'warning',
      // wasm-bindgen names a module once for each function of it; it is the same one.
      logOverride: { 'duplicate-object-key': 'silent' },
    });
    const code = built.outputFiles[0]?.contents ?? new Uint8Array();
    const jsName = `spandeck-${hashOf(code)}.js`;
    this.pageScript = jsName;
    fs.rmSync(this.path(js));
    fs.rmSync(this.path('snippets'), { recursive: true, force: true });
    fs.renameSync(this.path(wasm), this.path(wasmName));
    fs.writeFileSync(this.path(jsName), code);
    this.html = this.html.replace(mark, () => `<script type="module" src="./${jsName}"></script>`);
    // Both start to load at once instead of one after the other.
    this.addToHead(`<link rel="preload" as="fetch" type="application/wasm" crossorigin href="./${wasmName}">`);
  }

  /** Trunk's reload script, and any other that was written into the HTML. */
  inlineScripts() {
    this.html = replaceElements(this.html, /<script\b[^>]*>[\s\S]*?<\/script>/, whole => {
      const tag = /^<script\b[^>]*>/i.exec(whole)?.[0] ?? '';
      const attributes = attributesOf(tag);
      // What `trunk serve` would fill in while serving the HTML; it does not look into scripts.
      const code = whole.slice(tag.length, -'</script>'.length).trim()
        .replace(/['`]\{\{__TRUNK_ADDRESS__\}\}['`]/g, 'window.location.host').replaceAll('{{__TRUNK_WS_BASE__}}', '/');
      const type = attributes.type ?? '';
      if ('src' in attributes || code === '' || !/^(module|text\/javascript|)$/.test(type)) return whole;
      const name = `inline-${hashOf(code)}.js`;
      fs.writeFileSync(this.path(name), code);
      this.reloads = true;
      return `<script${type === 'module' ? ' type="module"' : ''} src="./${name}"></script>`;
    });
  }

  /** All stylesheets as one, in the order of the HTML. */
  async styles() {
    /** @type {string[]} */
    const sheets = [];
    const isSheet = (/** @type {Record<string, string>} */ attributes) => attributes.rel === 'stylesheet' && !('media' in attributes);
    const link = /<link\b(?:"[^"]*"|'[^']*'|[^>"'])*>/;
    this.html = replaceElements(this.html, link, tag => {
      const attributes = attributesOf(tag);
      if (!isSheet(attributes)) return tag;
      const file = (attributes.href ?? '').replace(/^\.\//, '');
      sheets.push(this.need(file, 'a stylesheet of index.html').toString('utf8'));
      fs.rmSync(this.path(file));
      return '';
    });
    if (sheets.length === 0) return;
    const { code } = await esbuild.transform(sheets.join('\n'), { loader: 'css', minify: this.release, target: TARGET, logLevel: 'warning' });
    const problems = problemsOfCss(code);
    if (problems.length) throw new BuildProblem(problems.join('\n'));
    const name = `spandeck-${hashOf(code)}.css`;
    fs.writeFileSync(this.path(name), code);
    this.addToHead(`<link rel="stylesheet" href="./${name}">`);
  }

  /** @param {string} name of the meta element @param {string} content */
  announce(name, content) {
    this.addToHead(`<meta name="${name}" content="${content}">`);
  }

  async importer() {
    const why = 'index.html needs <link data-trunk rel="rust" data-bin="importer" data-type="worker" …>';
    const glue = this.need('importer.js', why).toString('utf8');
    const wasm = this.need('importer_bg.wasm', why);
    if (!/\blet wasm_bindgen\b/.test(glue)) throw new BuildProblem('importer.js is not of the kind data-bindgen-target="no-modules"');
    const { code } = await esbuild.transform(`${glue}\n${WORKER_START}`, { target: TARGET, minify: this.release, logLevel: 'warning' });
    const folder = `importer-${hashOf(code, wasm)}`;
    fs.mkdirSync(this.path(folder));
    fs.writeFileSync(this.path(folder, 'importer.js'), code);
    fs.renameSync(this.path('importer_bg.wasm'), this.path(folder, 'importer.wasm'));
    fs.rmSync(this.path('importer.js'));
    this.announce('spandeck-importer', `${folder}/importer.js`);
  }

  engine() {
    const unnamed = this.path('engine');
    execFileSync(process.execPath, [path.join(ROOT, '.ci/bundle.mjs'), unnamed], { stdio: 'inherit', cwd: ROOT });
    const why = '.ci/bundle.mjs did not write it';
    const folder = `engine-${hashOf(this.need('engine/engine-worker.js', why), this.need('engine/duckdb-eh.wasm.gz', why))}`;
    fs.renameSync(unnamed, this.path(folder));
    this.announce('spandeck-engine', `${folder}/`);
  }

  async editor() {
    await bundleEditor(this.path('editor.js'));
    const folder = `editor-${hashOf(this.need('editor.js', 'the bundle of src/ui/editor'))}`;
    fs.mkdirSync(this.path(folder));
    fs.renameSync(this.path('editor.js'), this.path(folder, 'editor.js'));
    this.announce('spandeck-editor', `${folder}/editor.js`);
  }

  /** The module that other pages load: under a name that stays, with its types beside it. */
  async embed() {
    const source = path.join(ROOT, 'src/embed');
    const { code } = await esbuild.transform(fs.readFileSync(path.join(source, 'embed.mjs'), 'utf8'), { target: TARGET, minify: this.release, logLevel: 'warning' });
    fs.writeFileSync(this.path('embed.js'), code);
    fs.copyFileSync(path.join(source, 'embed.d.ts'), this.path('embed.d.ts'));
  }

  samples() {
    const source = path.join(ROOT, 'src/sample');
    if (!fs.existsSync(source)) {
      if (this.release) throw new BuildProblem('src/sample is missing: the start page offers the sample files in it');
      return;
    }
    const folder = `sample-${hashOf(...fs.readdirSync(source).sort().map(name => fs.readFileSync(path.join(source, name))))}`;
    fs.cpSync(source, this.path(folder), { recursive: true });
    this.announce('spandeck-sample', `${folder}/`);
  }

  /**
   * The service worker keeps its address over all versions, so its name has no hash; what it keeps is every file whose name has one.
   * After everything else, because its list names it all.
   */
  async offline() {
    if (this.reloads) return;
    this.announce('spandeck-offline', 'offline.js');
    const files = filesBelow(this.staging).filter(name => /-[0-9a-f]{12}[./]/.test(name)).sort();
    const define = { __FILES__: JSON.stringify(files), __PAGE_SCRIPT__: JSON.stringify(this.pageScript), __VERSION__: JSON.stringify(hashOf(this.html, ...files)) };
    await esbuild.build({
      entryPoints: [path.join(ROOT, 'src/offline/worker.mjs')], outfile: this.path('offline.js'), define,
      bundle: true, format: 'iife', target: TARGET, minify: this.release, logLevel: 'warning',
    });
  }

  /** Writes index.html and looks at the whole once more. @returns {{name: string, bytes: number}[]} every file */
  close() {
    fs.writeFileSync(this.path('index.html'), this.html);
    const problems = problemsOfHtml(this.html, relative => fs.existsSync(this.path(relative)));
    const files = filesBelow(this.staging).map(name => ({ name, bytes: fs.statSync(this.path(name)).size }));
    for (const { name, bytes } of files) {
      // A build for looking at carries its debug symbols.
      if (this.release && bytes > MAX_FILE_BYTES) problems.push(`${name} has ${bytes} bytes; some static hosts refuse files over ${MAX_FILE_BYTES}`);
    }
    if (problems.length) throw new BuildProblem(`the built page is not fit for every static host:\n  ${problems.join('\n  ')}`);
    return files;
  }
}

async function main() {
  const staging = process.env.TRUNK_STAGING_DIR;
  if (!staging) throw new BuildProblem('TRUNK_STAGING_DIR is not set: this program is run by `trunk build` (make build)');
  const site = new Site(staging, process.env.TRUNK_PROFILE === 'release');
  await site.page();
  site.inlineScripts();
  await site.styles();
  await site.importer();
  site.engine();
  await site.editor();
  await site.embed();
  site.samples();
  await site.offline();
  const files = site.close();
  if (!site.release) return;
  for (const { name, bytes } of files.sort((a, b) => b.bytes - a.bytes)) {
    const packed = name.endsWith('.gz') ? bytes : gzipSync(fs.readFileSync(site.path(name))).length;
    console.log(`  ${String(Math.ceil(bytes / 1000)).padStart(6)} kB ${String(Math.ceil(packed / 1000)).padStart(6)} kB gzip  ${name}`);
  }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof BuildProblem ? `build: ${error.message}` : error);
    process.exit(1);
  }
}
