import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { App, Stack } from 'aws-cdk-lib/core';
import { SpaSource } from '../../../../src/edge/spa/source/spa-source';
import { SpaProjectOptions } from '../../../../src/edge/spa/source/spa-source-options';

/** A directory with files; a name that ends with a slash is a directory. */
export function directoryWith(files: Record<string, string>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'spa-')));
  Object.entries(files).forEach(([name, content]) => {
    mkdirSync(join(directory, name.endsWith('/') ? name : dirname(name)), { recursive: true });
    if (!name.endsWith('/')) {
      writeFileSync(join(directory, name), content);
    }
  });
  return directory;
}

/** The files of what a source makes. */
export function filesOf(source: SpaSource, app = new App(), id = 'Stack'): Record<string, string> {
  const stack = new Stack(app, id);
  const asset = source._bind(stack)!;
  const staged = join(app.assetOutdir, `asset.${asset.assetHash}`);
  return Object.fromEntries(readdirSync(staged, { recursive: true, encoding: 'utf8' })
    .filter((name) => !readdirSync(dirname(join(staged, name)), { withFileTypes: true }).some((entry) => entry.isDirectory() && name.endsWith(entry.name)))
    .map((name) => [name, readFileSync(join(staged, name), 'utf8')]));
}

/** Writes 'dist', counts its runs beside the project, and fails where it is told to. */
export const BUILD_SCRIPT = `
  const fs = require('fs');
  fs.appendFileSync('../' + require('path').basename(process.cwd()) + '.runs', 'x');
  const output = process.env.OUTPUT ?? 'dist';
  fs.mkdirSync(output, { recursive: true });
  fs.writeFileSync(output + '/index.html', 'made of ' + fs.readFileSync('src.txt', 'utf8') + (process.env.EXTRA ?? ''));
`;
export const COMMAND = ['node', 'build.js'];

export function project(files: Record<string, string> = {}): string {
  return directoryWith({ 'src.txt': 'one', 'build.js': BUILD_SCRIPT, ...files });
}

export const runsOf = (directory: string) => existsSync(`${directory}.runs`) ? readFileSync(`${directory}.runs`, 'utf8').length : 0;

/** Without the options of the Node.js that runs the tests. */
export const built = (directory: string, options: SpaProjectOptions = {}) =>
  SpaSource.project(directory, { command: COMMAND, ...options, environment: { NODE_OPTIONS: '', ...options.environment } });

export function newStackIn(outdir: string): Stack {
  return new Stack(new App({ outdir }), 'Stack');
}
