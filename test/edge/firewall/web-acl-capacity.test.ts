import { SecretValue } from 'aws-cdk-lib/core';
import { firewall, synthesize } from './synthesized-firewall';
import { countryCodes } from '../../../src/edge/firewall/countries';
import { WebAclProps } from '../../../src/edge/firewall/web-acl-props';

const paths = (count: number) => Array.from({ length: count }, (_, index) => `/path/${index}/`);
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const allCountries = letters.flatMap((first) => letters.map((second) => first + second))
  .filter((code) => countryCodes<{ codes: string[] }>('codes')({ codes: [code] }) === undefined);
const everything: WebAclProps = {
  requiredHeader: { name: 'x-origin', value: SecretValue.secretsManager('origin') },
  maintenance: { bypass: ['203.0.113.0/24', '2001:db8::/32'] },
  allowedCountries: allCountries,
  adminAllowList: ['203.0.113.0/24', '2001:db8::/32'],
};

test.each<[string, WebAclProps, number]>([
  ['by default', {}, 1207],
  ['with all options', everything, 1252],
  ['with all options, behind a proxy', { ...everything, clientAddressHeader: 'x-viewer-address' }, 1228],
])('%s, no extra fee is due', (_, props, capacity) => {
  expect(firewall(props).capacity).toBe(capacity);
});

test('no legal mixture of paths, with all options, is due an extra fee', () => {
  expect(allCountries).toHaveLength(250);
  const largest: number[] = [];
  for (const admin of [1, 2, 5, 9]) {
    for (let login = 0; 34 * admin + 22 * login <= 337; login++) {
      const upload = Math.floor((337 - 34 * admin - 22 * login) / 12);
      const props = { ...everything, adminPaths: paths(admin), loginPaths: paths(login), uploadPaths: paths(upload) };
      largest.push(firewall(props).capacity);
      expect(() => synthesize({ ...props, uploadPaths: paths(upload + 1) })).toThrow('must need at most 337 capacity units');
    }
  }

  expect(Math.max(...largest)).toBe(1498);
});
