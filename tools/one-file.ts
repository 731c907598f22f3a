/** Removes what is in the bundle `lib/index.js` already. */
import { readdirSync, rmSync } from 'fs';
import { join } from 'path';

const LIB = join(__dirname, '..', 'lib');

for (const file of readdirSync(LIB, { recursive: true, encoding: 'utf8' })) {
  if (file.endsWith('.js') && file !== 'index.js') {
    rmSync(join(LIB, file));
  }
}
