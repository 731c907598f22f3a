import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  auroraMajors, auroraMaxConnections, auroraMinors, instanceTypeProblem, maxConnections, NOT_URL_SAFE, pausingSince, POSTGRES_MAJORS, postgresMinors,
  RESERVED_DATABASES, RESERVED_USERS,
} from '../../src/private/postgres';
import { TOKEN } from '../helpers';

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

describe('versions of Aurora', () => {
  test('are majors that RDS has too', () => {
    expect(auroraMajors()).toEqual(expect.arrayContaining(['14', '15', '16', '17']));
    expect(auroraMajors().filter((major) => !POSTGRES_MAJORS.includes(major))).toEqual([]);
  });

  test('have their minor versions, without those of the limitless kind and of another major', () => {
    expect(auroraMinors('16')).toContain('16.6');
    expect(auroraMinors('16').filter((minor) => !/^16\.\d+$/.test(minor))).toEqual([]);
    expect(auroraMinors('99')).toEqual([]);
  });

  test.each([['16.2', '16.3'], ['15.6', '15.7'], ['14.9', '14.12']])('%s pauses since %s', (version, since) => {
    expect(pausingSince(version)).toBe(since);
  });

  test.each(['16.3', '16.10', '15.7', '14.12', '17.1', '18.1', '14', '16', '17'])('%s pauses', (version) => {
    expect(pausingSince(version)).toBeUndefined();
  });
});

describe('the connections of Aurora', () => {
  // AWS's table: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
  test.each([[1, 189], [4, 823], [8, 1669], [16, 3360], [32, 5000], [256, 5000]])('with %d ACU at most: %d or just below', (acu, listed) => {
    expect(auroraMaxConnections(1, acu)).toBeLessThanOrEqual(listed);
    expect(auroraMaxConnections(1, acu)).toBeGreaterThanOrEqual(listed - 1);
  });

  test.each([0, 0.5])('are 2,000 at most with %d ACU at least', (acu) => {
    expect(auroraMaxConnections(acu, 64)).toBe(2000);
    expect(auroraMaxConnections(acu, 1)).toBe(189);
  });
});

test('what a URL does not take as it is, is known', () => {
  const remains = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ '].filter((character) => !NOT_URL_SAFE.includes(character)).join('');
  expect(remains).toBe('-._~');
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

describe('an instance type', () => {
  test.each([
    't4g.micro', 't4g.2xlarge', 't3.medium', 'db.t4g.small', 'm7g.large', 'r6g.16xlarge', 'm5.xlarge', 'c6gd.medium', 'x2g.large', 'm8g.medium', TOKEN.string(),
  ])('%s is not doubted', (instanceType) => {
    expect(instanceTypeProblem(instanceType)).toBeUndefined();
  });

  test.each([
    ['t2.micro', '"t2.micro" is of the family t2, which RDS does not offer for PostgreSQL 14 and higher: take the family t4g'],
    ['db.m4.large', '"db.m4.large" is of the family m4, which RDS does not offer for PostgreSQL 14 and higher: take the family m7g'],
    ['m3.medium', '"m3.medium" is of the family m3, which RDS does not offer for PostgreSQL 14 and higher: take the family m7g'],
    ['r4.large', '"r4.large" is of the family r4, which RDS does not offer for PostgreSQL 14 and higher: take the family r7g'],
    ['c5.large', '"c5.large" is of the family c5, which RDS does not offer for PostgreSQL: take the family m7g, or r7g for more memory'],
    ['t4g.4xlarge', '"t4g.4xlarge" is not a size of the family t4g, which RDS offers from micro to 2xlarge: take such a size, or the family m7g for more'],
    ['m7g.medium', '"m7g.medium" is not a size of the family m7g, which RDS offers from large: take such a size, or the family t4g for less'],
    ['r6g.small', '"r6g.small" is not a size of the family r6g, which RDS offers from large: take such a size, or the family t4g for less'],
    ['t3', '"t3" is not a size of the family t3, which RDS offers from micro to 2xlarge: take such a size, or the family m7g for more'],
  ])('%s is known not to be offered', (instanceType, problem) => {
    expect(instanceTypeProblem(instanceType)).toBe(problem);
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
