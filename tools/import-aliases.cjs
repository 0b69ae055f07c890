/** The import names of svelte.config.js, for the tool that checks imports (it reads no ESM). */
const { join } = require('node:path');

const lib = join(process.cwd(), 'src', 'lib');

module.exports = { resolve: { alias: { $lib: lib, $ui: join(lib, 'ui') } } };
