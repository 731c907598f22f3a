import { EnvironmentConvention } from '../../../src/config/environment-convention';
import { containerScript } from '../../../src/private/container-script';
import { EntryPoint } from '../../../src/processes/definition/entry-point';
import { releaseEntryPoint } from '../../../src/processes/release/release-command';

const STANDARD = EnvironmentConvention.standard();

describe('an entry point', () => {
  test('allows the address of the task under the name that the convention has for the allowed hosts', () => {
    expect(EntryPoint.allowTaskAddress().bind(STANDARD)).toEqual(['python', '-c', containerScript('start_web.py'), 'DJANGO_ALLOWED_HOSTS']);
  });

  test('allows the address under each of several names', () => {
    const convention = EnvironmentConvention.custom({ allowedHosts: ['ALLOWED_HOSTS', 'HOSTS'] });
    expect(EntryPoint.allowTaskAddress().bind(convention)![3]).toBe('ALLOWED_HOSTS,HOSTS');
  });

  test('allows nothing where the convention leaves the allowed hosts out, and says so in a word, since pipelines drop empty ones', () => {
    expect(EntryPoint.allowTaskAddress().bind(EnvironmentConvention.custom({ allowedHosts: [] }))![3]).toBe(',');
  });

  test('runs with the Python that the image has', () => {
    expect(EntryPoint.allowTaskAddress('/venv/bin/python').bind(STANDARD)![0]).toBe('/venv/bin/python');
    expect(EntryPoint.allowTaskAddress(undefined).bind(STANDARD)![0]).toBe('python');
    expect(EntryPoint.releaseCommands('/venv/bin/python').bind(STANDARD)![0]).toBe('/venv/bin/python');
  });

  test('runs the commands of a release', () => {
    expect(EntryPoint.releaseCommands().bind(STANDARD)).toEqual(releaseEntryPoint('python', STANDARD));
  });

  test('is the one of the image', () => {
    expect(EntryPoint.ofImage().bind(STANDARD)).toBeUndefined();
  });

  test('is none, so that an image that migrates when it starts does not', () => {
    expect(EntryPoint.none().bind(STANDARD)).toEqual(['env']);
  });

  test('is one of your own', () => {
    expect(EntryPoint.of('/usr/bin/tini', '--').bind(STANDARD)).toEqual(['/usr/bin/tini', '--']);
  });
});
