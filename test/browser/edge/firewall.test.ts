import { Account } from './account';
import { originRequest, resource } from './edges';
import { webAclsOf } from './firewall';

const VISIBILITY = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'x' };
const SET = resource('WAFv2::IPSet', 'set', { Addresses: ['203.0.113.0/24'], IPAddressVersion: 'IPV4', Scope: 'REGIONAL' }, { Arn: 'arn:set' });
const WEB_ACL = resource('WAFv2::WebACL', 'acl', {
  Scope: 'REGIONAL',
  DefaultAction: { Allow: {} },
  Rules: [{ Name: 'Blocked', Priority: 0, Action: { Block: {} }, Statement: { IPSetReferenceStatement: { Arn: 'arn:set' } }, VisibilityConfig: VISIBILITY }],
}, { Arn: 'arn:acl' });
const ASSOCIATION = resource('WAFv2::WebACLAssociation', 'association', { ResourceArn: 'lb', WebACLArn: 'arn:acl' });
const LOAD_BALANCER = resource('ElasticLoadBalancingV2::LoadBalancer', 'lb', {});

const statusOf = (account: Account, protectedResource = LOAD_BALANCER, address = '203.0.113.7') =>
  webAclsOf(account)(protectedResource, originRequest('/'), address)?.status;

test('asks the web ACL of a load balancer, with its sets of addresses', () => {
  const account = new Account([SET, WEB_ACL, ASSOCIATION, LOAD_BALANCER]);
  expect(statusOf(account)).toBe(403);
  expect(statusOf(account, LOAD_BALANCER, '198.51.100.1')).toBeUndefined();
});

test('asks the web ACL of a distribution', () => {
  const account = new Account([SET, WEB_ACL]);
  expect(statusOf(account, resource('CloudFront::Distribution', 'E1', { DistributionConfig: { WebACLId: 'arn:acl' } }))).toBe(403);
});

test('asks none where there is none', () => {
  expect(statusOf(new Account([SET, WEB_ACL]))).toBeUndefined();
});
