import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { deflateRawSync } from 'zlib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { containerScript, handlerCode } from '../../src/private/handler-asset';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, 'lambda', 'command-runner');

function assetKey(): string {
  const stack = new Stack(new App());
  new lambda.Function(stack, 'Function', { code: handlerCode('command-runner'), handler: 'index.handler', runtime: lambda.Runtime.PYTHON_3_14 });
  return Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))[0].Properties.Code.S3Key;
}

describe('the code of a handler', () => {
  test('is the same asset after Python has left its caches behind', () => {
    const before = assetKey();
    const cache = join(FOLDER, '__pycache__');
    mkdirSync(cache, { recursive: true });
    try {
      writeFileSync(join(cache, 'index.cpython-399.pyc'), 'cache');
      expect(assetKey()).toBe(before);
    } finally {
      rmSync(cache, { recursive: true });
    }
  });

  test('is under 20 kB zipped and imports nothing but the standard library, boto3 and itself', () => {
    const files = readdirSync(FOLDER).filter((name) => name !== '__pycache__');
    expect(files.every((name) => name.endsWith('.py'))).toBe(true);
    const sources = files.map((name) => readFileSync(join(FOLDER, name)));
    expect(sources.reduce((bytes, source) => bytes + deflateRawSync(source).length + 150, 0)).toBeLessThan(20_000);
    const own = files.map((name) => name.replace('.py', ''));
    const imported = sources.flatMap((source) => [...source.toString().matchAll(/^\s*(?:from|import) (\w+)/gm)].map(([, module]) => module));
    const standard = ['__future__', 'dataclasses', 'json', 'logging', 'random', 're', 'shlex', 'time', 'typing', 'urllib'];
    expect(imported.filter((module) => ![...own, ...standard, 'boto3', 'botocore'].includes(module))).toEqual([]);
  });
});

describe('the text of a container script', () => {
  test.each(['run_release.py', 'start_web.py'])('of %s is short, because it is part of a task definition', (name) => {
    expect(containerScript(name).length).toBeLessThan(3_500);
  });

  test.each(['run_release.py', 'start_web.py'])('of %s keeps every line of code and leaves comments, docstrings and empty lines out', (name) => {
    const lines = containerScript(name).split('\n');
    expect(lines.filter((line) => /^\s*(#.*)?$/.test(line) || line.includes('"""'))).toEqual([]);
    const code = readFileSync(join(ROOT, 'container', name), 'utf8').replace(/"""[\s\S]*?"""/g, '').split('\n');
    expect(lines).toEqual(code.filter((line) => !/^\s*(#.*)?$/.test(line)));
  });

  test('is read once', () => {
    expect(containerScript('run_release.py')).toBe(containerScript('run_release.py'));
  });
});
