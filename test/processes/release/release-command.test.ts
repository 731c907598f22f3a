import { EnvironmentConvention } from '../../../src/config/environment-convention';
import { containerScript } from '../../../src/private/container-script';
import { releaseEntryPoint, releaseWords } from '../../../src/processes/release/release-command';

describe('the command of a release', () => {
  test('is run by the script, which takes the place of the entry point of the image', () => {
    expect(releaseEntryPoint().slice(0, 3)).toEqual(['python', '-c', containerScript('run_release.py')]);
  });

  test('waits for the database first unless told otherwise', () => {
    expect(releaseWords([['python', 'manage.py', 'migrate']])).toEqual(['--wait-for-database', 'python', 'manage.py', 'migrate']);
    expect(releaseWords([['true']], false)).toEqual(['true']);
  });

  test('uses the Python that the image has', () => {
    expect(releaseEntryPoint('/opt/venv/bin/python3')[0]).toBe('/opt/venv/bin/python3');
  });

  test.each([
    [EnvironmentConvention.standard(), 'DB_HOST,DB_PORT,,'],
    [EnvironmentConvention.urls(), ',,DATABASE_URL,'],
    [EnvironmentConvention.custom({ databaseHost: ['A', 'B'], databasePort: [], databaseSecretJson: ['DATABASE_SECRET_JSON'] }), 'A,,,DATABASE_SECRET_JSON'],
  ])('finds the address of the database by the names of the convention', (convention, names) => {
    expect(releaseEntryPoint('python', convention)[3]).toBe(`--database=${names}`);
  });

  test.each([
    [EnvironmentConvention.standard(), 'AWS_STATIC_BUCKET_NAME,AWS_STORAGE_BUCKET_NAME'],
    [EnvironmentConvention.custom({ staticBucket: ['A', 'B'], mediaBucket: [] }), 'A,'],
  ])('finds the buckets by the names of the convention', (convention, names) => {
    expect(releaseEntryPoint('python', convention).slice(4)).toEqual([`--buckets=${names}`]);
  });

  test('asks for the program of the web service where there is one', () => {
    expect(releaseEntryPoint('python', EnvironmentConvention.standard(), 'gunicorn').slice(5)).toEqual(['--server=gunicorn']);
  });

  test('joins commands by a word of its own', () => {
    expect(releaseWords([['a', 'b'], ['c'], ['d', 'e']], false)).toEqual(['a', 'b', '&&', 'c', '&&', 'd', 'e']);
  });
});
