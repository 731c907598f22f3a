import { extensionProblem } from '../../src/private/postgres-extensions';

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
