import { readFileSync } from 'fs';
import { join } from 'path';
import { containerScript } from '../../src/private/container-script';

const ROOT = join(__dirname, '..', '..');

describe('the text of a container script', () => {
  test.each([
    ['run_release.py', 7_300], ['sync_superuser.py', 2_600], ['start_web.py', 3_500], ['prepare_database.sh', 3_500], ['prepare_database.sql', 12_400],
  ])('of %s is short, because it is part of a task definition', (name, most) => {
    expect(containerScript(name).length).toBeLessThan(most);
  });

  test.each([['prepare_database.sh', '#'], ['prepare_database.sql', '--']])('of %s keeps every line but comments and empty ones', (name, comment) => {
    const isComment = (line: string) => line.trim() === '' || line.trim().startsWith(comment);
    const code = readFileSync(join(ROOT, 'container', name), 'utf8').split('\n');
    expect(containerScript(name).split('\n')).toEqual(code.filter((line) => !isComment(line)));
    expect(code.some(isComment)).toBe(true);
  });

  test.each(['run_release.py', 'sync_superuser.py', 'start_web.py'])('of %s keeps every line of code and leaves comments, docstrings and empty lines out', (name) => {
    const lines = containerScript(name).split('\n');
    expect(lines.filter((line) => /^\s*(#.*)?$/.test(line) || line.includes('"""'))).toEqual([]);
    const code = readFileSync(join(ROOT, 'container', name), 'utf8').replace(/"""[\s\S]*?"""/g, '').split('\n');
    expect(lines).toEqual(code.filter((line) => !/^\s*(#.*)?$/.test(line)));
  });

  test('is read once', () => {
    expect(containerScript('run_release.py')).toBe(containerScript('run_release.py'));
  });
});
