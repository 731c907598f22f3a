/** Makes `lib/index.js` the whole of the compiled library, and removes what is in it then. */
import { readdirSync, rmSync } from 'fs';
import { join } from 'path';
import { bundle } from './bundle';

const LIB = join(__dirname, '..', 'lib');

void bundle(join(LIB, 'index.js')).then(() => {
  for (const file of readdirSync(LIB, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.js') && file !== 'index.js') {
      rmSync(join(LIB, file));
    }
  }
});
