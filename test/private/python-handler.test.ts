import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { basename, join } from 'path';
import { deflateRawSync } from 'zlib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { HandlerCode } from '../../src/private/handler-code';

const LAMBDA = join(__dirname, '..', '..', 'lambda');
const PURPOSES = readdirSync(LAMBDA).filter((name) => name !== 'common');

function assetFolder(purpose: string): string {
  const app = new App();
  const stack = new Stack(app);
  new lambda.Function(stack, 'Function', { code: new HandlerCode(purpose), handler: `${purpose}/index.handler`, runtime: lambda.Runtime.PYTHON_3_14 });
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return join(app.outdir, `asset.${Properties.Code.S3Key.replace('.zip', '')}`);
}

/** With what an archive says of each file beside its content. */
function zippedBytes(sources: Buffer[]): number {
  return sources.reduce((bytes, source) => bytes + deflateRawSync(source).length + 130, 0);
}

test('all handlers together are under 50 kB zipped', () => {
  const files = PURPOSES.flatMap((purpose) => ['common', purpose])
    .flatMap((folder) => readdirSync(join(LAMBDA, folder)).filter((name) => name.endsWith('.py')).map((name) => join(LAMBDA, folder, name)));
  expect(zippedBytes(files.map((name) => readFileSync(name)))).toBeLessThan(50_000);
});

describe.each(PURPOSES)('the code of the handler %s', (purpose) => {
  test('is the same asset after Python has left its caches behind', () => {
    const before = basename(assetFolder(purpose));
    const cache = join(LAMBDA, purpose, '__pycache__');
    mkdirSync(cache, { recursive: true });
    try {
      writeFileSync(join(cache, 'index.cpython-399.pyc'), 'cache');
      expect(basename(assetFolder(purpose))).toBe(before);
    } finally {
      rmSync(cache, { recursive: true });
    }
  });

  test('is its own folder and the common one, under 20 kB zipped, and imports nothing but the standard library, boto3 and itself', () => {
    const asset = assetFolder(purpose);
    expect(readdirSync(asset).sort()).toEqual(['common', purpose].sort());
    const files = ['common', purpose].flatMap((folder) => readdirSync(join(asset, folder)).map((name) => join(asset, folder, name)));
    expect(files.every((name) => name.endsWith('.py'))).toBe(true);
    expect(files).toContain(join(asset, purpose, 'index.py'));
    const sources = files.map((name) => readFileSync(name));
    expect(zippedBytes(sources)).toBeLessThan(20_000);
    const own = files.map((name) => basename(name, '.py'));
    const imported = sources.flatMap((source) => [...source.toString().matchAll(/^\s*(?:from|import) (\w+)/gm)].map(([, module]) => module));
    const standard = [
      '__future__', 'base64', 'collections', 'concurrent', 'contextlib', 'dataclasses', 'datetime', 'hmac', 'json', 'logging', 'os', 'pathlib', 'random', 're',
      'shlex', 'shutil', 'smtplib', 'ssl', 'sys', 'tempfile', 'time', 'typing', 'urllib', 'uuid', 'zipfile', 'zlib',
    ];
    expect(imported.filter((module) => ![...own, ...standard, 'boto3', 'botocore'].includes(module))).toEqual([]);
  });
});
