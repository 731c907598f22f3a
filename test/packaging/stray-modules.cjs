// Preloaded into every Node.js process of the packaging test: notes what was loaded from the repository instead of
// from what is installed, since Node.js looks for a missing package in the folders above.
const { appendFileSync } = require('fs');
const { sep } = require('path');

const { PACKAGING_REPOSITORY: repository, PACKAGING_INSTALLED: installed, PACKAGING_STRAYS: file } = process.env;

process.on('exit', () => {
  const strays = Object.keys(require.cache)
    .filter((path) => path !== __filename && path.startsWith(repository + sep) && !path.startsWith(installed + sep));
  appendFileSync(file, strays.map((path) => `${path}\n`).join(''));
});
