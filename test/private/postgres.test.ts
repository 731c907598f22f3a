import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { maxConnections, POSTGRES_MAJORS, postgresMinors, RESERVED_DATABASES, RESERVED_USERS } from '../../src/private/postgres';

describe('versions of PostgreSQL', () => {
  test('are the majors that CDK knows too', () => {
    for (const major of POSTGRES_MAJORS) {
      expect((PostgresEngineVersion as unknown as Record<string, unknown>)[`VER_${major}`]).toBeInstanceOf(PostgresEngineVersion);
      expect(postgresMinors(major).length).toBeGreaterThan(0);
    }
  });

  test('have their minor versions, not the major one and none of another major', () => {
    const minors = postgresMinors('17');
    expect(minors).toContain('17.6');
    expect(minors.filter((minor) => !/^17\.\d+$/.test(minor))).toEqual([]);
  });

  test('have no minor versions where the major is not known', () => {
    expect(postgresMinors('99')).toEqual([]);
  });
});

describe('the connections of an instance', () => {
  // What running instances answered to `show max_connections`.
  test.each([['t3.micro', 81], ['t2.small', 198], ['t2.medium', 413]])('%s: stays below the %d that were seen, and near', (instanceType, seen) => {
    const limit = maxConnections(instanceType)!;
    expect(limit).toBeLessThanOrEqual(seen);
    expect(limit).toBeGreaterThan(seen * 0.95);
  });

  test.each([
    ['t4g.micro', 80], ['t4g.small', 193], ['t4g.medium', 412], ['m7g.large', 824], ['m7g.xlarge', 1649], ['m7g.2xlarge', 3298],
    ['m7g.4xlarge', 5000], ['r7g.large', 1649], ['r7g.xlarge', 3298], ['m7g.16xlarge', 5000],
  ])('%s: %d', (instanceType, connections) => {
    expect(maxConnections(instanceType)).toBe(connections);
  });

  test.each(['x2g.large', 'c6gd.large', 't4g.huge', 't4g.constructor'])('are not known of %s', (instanceType) => {
    expect(maxConnections(instanceType)).toBeUndefined();
  });
});

describe('reserved names', () => {
  test.each(['rdsadmin', 'template0', 'template1', 'user', 'order', 'group', 'table', 'catalog', 'database', 'db', 'admin'])('%s is no database', (name) => {
    expect(RESERVED_DATABASES).toContain(name);
  });

  test.each(['admin', 'rdsadmin', 'user', 'rds_superuser', 'rds_iam', 'public'])('%s is no user', (name) => {
    expect(RESERVED_USERS).toContain(name);
  });

  test.each(['django', 'shop', 'postgres', 'app'])('%s is free', (name) => {
    expect(RESERVED_DATABASES).not.toContain(name);
    expect(RESERVED_USERS).not.toContain(name);
  });
});
