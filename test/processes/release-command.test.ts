import { releaseEntryPoint, releaseWords } from '../../src/processes/release-command';

describe('the command of a release', () => {
  test('is run by the script, which takes the place of the entry point of the image', () => {
    const entryPoint = releaseEntryPoint();
    expect(entryPoint.slice(0, 2)).toEqual(['python', '-c']);
    expect(entryPoint[2]).toContain('wait_for_database');
  });

  test('waits for the database first unless told otherwise', () => {
    expect(releaseWords([['python', 'manage.py', 'migrate']])).toEqual(['--wait-for-database', 'python', 'manage.py', 'migrate']);
    expect(releaseWords([['true']], false)).toEqual(['true']);
  });

  test('uses the Python that the image has', () => {
    expect(releaseEntryPoint('/opt/venv/bin/python3')[0]).toBe('/opt/venv/bin/python3');
  });

  test('joins commands by a word of its own', () => {
    expect(releaseWords([['a', 'b'], ['c'], ['d', 'e']], false)).toEqual(['a', 'b', '&&', 'c', '&&', 'd', 'e']);
  });
});
