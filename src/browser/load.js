// A module that is loaded only when it is needed. The bundler leaves an address that it does not know alone.
// Its name ends in `js` because the server of the tests in the browser knows no other type of module.

/** @param {string} url @returns {Promise<unknown>} */
export function loadModule(url) {
  return import(url);
}
