// What the build puts in. Only `tsc` reads this.

/** Changes with any file of the build. */
declare const __VERSION__: string;
/** Files with a hash in their names, relative to the page. */
declare const __FILES__: string[];
/** The page's own script: by it one version of index.html is told from another. */
declare const __PAGE_SCRIPT__: string;
