// Exits with 0 when node_modules holds what package-lock.json says, so that `npm ci` runs only when it has to.
import fs from 'node:fs';

/** @param {string} file @returns {Record<string, {version?: string, optional?: boolean}>} */
function packagesOf(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

const wanted = packagesOf('package-lock.json');
const installed = packagesOf('node_modules/.package-lock.json');
const current = Object.entries(wanted).every(([folder, { version, optional }]) =>
  // The root is no package, and npm leaves out optional ones made for other systems.
  folder === '' || (folder in installed ? installed[folder]?.version === version && fs.existsSync(folder) : optional));
const nothingElse = Object.keys(installed).every(folder => folder in wanted);
process.exit(current && nothingElse ? 0 : 1);
