import { extensionProblem, preloadProblem } from '../../src/private/postgres-extensions';

describe('an extension of PostgreSQL', () => {
  test.each(['postgis', 'pg_trgm', 'uuid-ossp', 'vector', 'citext', 'unaccent', 'hstore', 'btree_gin', 'pg_stat_statements', 'pg_partman'])('may be %s', (extension) => {
    expect(extensionProblem(extension)).toBeUndefined();
    expect(extensionProblem(extension, '18')).toBeUndefined();
  });

  test.each([['pgvector', 'vector'], ['uuid_ossp', 'uuid-ossp'], ['PostGIS', 'postgis']])('is not %s but %s', (extension, meant) => {
    expect(extensionProblem(extension)).toBe(`has "${extension}", which is not among the extensions that RDS is known to offer: use "${meant}"`);
  });

  test('depends on the version', () => {
    expect(extensionProblem('pg_walinspect', '14')).toBe('has "pg_walinspect", which RDS does not offer for PostgreSQL 14: take a version from 15');
    expect(extensionProblem('pg_walinspect', '15')).toBeUndefined();
    expect(extensionProblem('pg_walinspect')).toBeUndefined();
  });
});

describe('an extension that the server must load when it starts', () => {
  const problem = (extension: string, libraries: string) => `has "${extension}", which the server must load when it starts: give 'parameters' "shared_preload_libraries" "${libraries}"`;

  test('is told, with the libraries that are loaded already', () => {
    expect(preloadProblem('pgaudit', {})).toBe(problem('pgaudit', 'pg_stat_statements,pgaudit'));
    expect(preloadProblem('pglogical', { shared_preload_libraries: 'pg_cron' })).toBe(problem('pglogical', 'pg_cron,pglogical'));
    expect(preloadProblem('pg_cron', {})).toBe(`${problem('pg_cron', 'pg_stat_statements,pg_cron')}, and "cron.database_name" the name of the database`);
  });

  test('is none where it is loaded, or needs nothing', () => {
    expect(preloadProblem('pgaudit', { shared_preload_libraries: 'pg_stat_statements, pgaudit' })).toBeUndefined();
    expect(preloadProblem('postgis', {})).toBeUndefined();
  });
});
