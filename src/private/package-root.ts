import { existsSync } from 'fs';
import { join } from 'path';

/** Root of the package: two levels above this file in `src`, one above the bundle that `lib` has of all files. */
export const PACKAGE_ROOT = [join(__dirname, '..'), join(__dirname, '..', '..')].find((folder) => existsSync(join(folder, 'container')))!;
