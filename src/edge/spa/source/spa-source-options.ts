/** Options of a single-page app that is built at synthesis. */
export interface SpaProjectOptions {
  /**
   * Program and its arguments, run in the project's directory. Packages must be installed by then (`npm ci`).
   * @default ['npm', 'run', 'build']
   */
  readonly command?: string[];

  /**
   * Directory that the command writes, relative to the project's: it must hold an `index.html` afterwards.
   * @default 'dist'
   */
  readonly outputDirectory?: string;

  /**
   * Variables for the command beside those that it inherits. A change builds anew; a change of what it inherits does not. **WARNING**: what a
   * build puts into the app is public.
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * Paths in the project's directory of which a change does not build anew, in the words of `.gitignore`, beside the output directory, `node_modules`,
   * version control and caches.
   * @default - none
   */
  readonly exclude?: string[];
}
