import { releaseCommand, releaseEntryPoint, releaseWords } from '../../src/processes/release-command';

describe('the command of a release', () => {
  test('is run by the script, which takes the place of the entry point of the image', () => {
    const { entryPoint, command } = releaseCommand([['python', 'manage.py', 'migrate']]);
    expect(entryPoint.slice(0, 2)).toEqual(['python', '-c']);
    expect(entryPoint[2]).toContain('wait_for_database');
    expect(command).toEqual(['--wait-for-database', 'python', 'manage.py', 'migrate']);
  });

  test('uses the Python that the image has', () => {
    expect(releaseEntryPoint('/opt/venv/bin/python3')[0]).toBe('/opt/venv/bin/python3');
    expect(releaseCommand([['true']], { pythonExecutable: 'python3.13' }).entryPoint[0]).toBe('python3.13');
  });

  test('joins commands by a word of its own', () => {
    expect(releaseWords([['a', 'b'], ['c'], ['d', 'e']], false)).toEqual(['a', 'b', '&&', 'c', '&&', 'd', 'e']);
  });
});
