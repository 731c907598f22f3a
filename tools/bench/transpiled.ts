import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'fs';
import { dirname, join, relative } from 'path';
import * as ts from 'typescript';
import { bundle } from '../bundle';

const ROOT = join(__dirname, '..', '..');
const OUT = join(ROOT, 'build', 'bench');

/**
 * Turns library and benchmark apps into plain JavaScript under `build/bench`, so that no app pays for the loading of
 * TypeScript, and the library into one file. Nothing is type-checked. Returns the directory of the apps.
 */
export async function transpile(): Promise<string> {
  rmSync(OUT, { recursive: true, force: true });
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, inlineSourceMap: false, inlineSources: false }, ROOT);
  for (const file of [...sources(join(ROOT, 'src')), ...sources(__dirname)]) {
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { fileName: file, compilerOptions: options });
    const target = join(OUT, relative(ROOT, file)).replace(/\.ts$/, '.js');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  // The library finds its handlers and scripts beside the directory that it was compiled from.
  for (const assets of ['lambda', 'container']) {
    symlinkSync(join(ROOT, assets), join(OUT, assets));
  }
  // The package has the library as one file, too.
  await bundle(join(OUT, 'src', 'index.js'));
  return join(OUT, relative(ROOT, __dirname));
}

function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(directory, name));
}
