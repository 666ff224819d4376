// DuckDB's own signed extensions that whoever built the page has put beside it: they are loaded when the engine starts, before anything else can ask
// for them. Without any nothing here asks for anything. DuckDB checks their signatures itself.

import { allowAddress } from './remote.mjs';

const EXTENSIONS = typeof __EXTENSIONS__ === 'undefined' ? [] : __EXTENSIONS__;

/**
 * @param {import('./types').Bindings} db
 * @param {number} conn
 * @param {string} wasmUrl the engine's own address: they lie in a folder beside it
 * @returns {{ loaded: Set<string>, refused: string[] }} their names, and what DuckDB said of those that it does not take
 */
export function loadExtensions(db, conn, wasmUrl) {
  /** @type {Set<string>} */
  const loaded = new Set();
  /** @type {string[]} */
  const refused = [];
  if (EXTENSIONS.length === 0) return { loaded, refused };
  const repository = new URL('extensions', new URL(wasmUrl, globalThis.location.href)).href;
  db.runQuery(conn, `SET GLOBAL custom_extension_repository = '${repository.replaceAll("'", "''")}'`);
  for (const { name, file } of EXTENSIONS) {
    allowAddress(`${repository}/${file}`);
    try {
      db.runQuery(conn, `LOAD ${name}`);
      loaded.add(name);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      refused.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { loaded, refused };
}
