/* eslint-disable @typescript-eslint/no-explicit-any */
import { createServer, Server } from 'http';
import { AddressInfo } from 'net';
import { Account, Resource } from './account';
import { originRequest, resource } from './edges';
import { covers, LoadBalancers } from './load-balancer';
import { Answer, answer } from './messages';

const FORWARD = [{ Type: 'forward', TargetGroupArn: 'group' }];
const PUBLIC_ORIGIN = { DomainName: 'Shop-1.elb.amazonaws.com', CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } };

function loadBalancer(properties: any = {}): Resource {
  return resource('ElasticLoadBalancingV2::LoadBalancer', 'lb', { Scheme: 'internet-facing', ...properties }, { DNSName: 'shop-1.elb.amazonaws.com' });
}
function listener(port: number, properties: any = {}): Resource {
  const certificates = port === 443 ? { Protocol: 'HTTPS', Certificates: [{ CertificateArn: 'certificate' }] } : { Protocol: 'HTTP' };
  const given = { LoadBalancerArn: 'lb', Port: port, DefaultActions: FORWARD, ...certificates, ...properties };
  return resource('ElasticLoadBalancingV2::Listener', `listener-${port}`, given);
}
const rule = (Priority: number, Conditions: any[], Actions: any[]) =>
  resource('ElasticLoadBalancingV2::ListenerRule', `rule-${Priority}`, { ListenerArn: 'listener-443', Priority, Conditions, Actions });
const CERTIFICATE = resource('CertificateManager::Certificate', 'certificate', { DomainName: 'shop.example.com', SubjectAlternativeNames: ['*.shop.example.com'] });

let task: Server;
let tasks: Record<string, [string, number]>;
beforeAll(async () => {
  task = createServer((request, response) => response.end(JSON.stringify({ path: request.url, headers: request.headers, from: request.socket.remoteAddress })));
  await new Promise<void>((resolve) => task.listen(0, '127.0.0.1', resolve));
  tasks = { group: ['127.0.0.1', (task.address() as AddressInfo).port] };
});
afterAll(() => task.close());

interface Asked {
  readonly origin?: any;
  readonly headers?: Record<string, string>;
  readonly path?: string;
  readonly firewall?: () => Answer | undefined;
}

function ask(resources: Resource[], given: Asked = {}): Promise<Answer> {
  const { origin = PUBLIC_ORIGIN, headers = {}, path = '/api/', firewall = () => undefined } = given;
  return new LoadBalancers(new Account(resources), tasks, firewall)
    .askByOrigin(origin, 'https', originRequest(path, { headers: { host: 'shop.example.com', ...headers } }), '130.176.0.1');
}
const heard = async (given: Promise<Answer>) => JSON.parse((await given).body.toString());

test('tells the task how it was spoken to, whatever came before', async () => {
  const { headers, from } = await heard(ask([loadBalancer(), listener(443), CERTIFICATE], { headers: { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'http' } }));
  expect(headers).toMatchObject({
    'host': 'shop.example.com', 'x-forwarded-for': '203.0.113.7, 130.176.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-port': '443',
  });
  expect(from).toBe('127.0.0.9');
});

test('says HTTP where CloudFront speaks HTTP', async () => {
  const origin = { ...PUBLIC_ORIGIN, CustomOriginConfig: { OriginProtocolPolicy: 'http-only' } };
  expect((await heard(ask([loadBalancer(), listener(80)], { origin }))).headers['x-forwarded-proto']).toBe('http');
});

test('reaches what has no public address through a VPC origin only', async () => {
  const internal = [loadBalancer({ Scheme: 'internal' }), listener(443), CERTIFICATE];
  const vpcOrigin = resource('CloudFront::VpcOrigin', 'vpc-origin', { VpcOriginEndpointConfig: { Arn: 'lb', OriginProtocolPolicy: 'https-only' } });
  expect((await ask([...internal, vpcOrigin], { origin: { DomainName: 'any', VpcOriginConfig: { VpcOriginId: 'vpc-origin' } } })).status).toBe(200);
  await expect(ask(internal)).rejects.toThrow('cannot reach');
});

test.each([
  ['the certificate is for neither name', [listener(443), resource('CertificateManager::Certificate', 'certificate', { DomainName: 'example.com' })], 'certificate'],
  ['nobody listens there', [listener(80)], 'does not speak HTTPS on port 443'],
])('gets no answer where %s', async (_what, resources, reason) => {
  const given = await ask([loadBalancer(), ...resources]);
  expect([given.status, given.body.toString()]).toEqual([502, expect.stringContaining(reason)]);
});

test('takes the first rule whose conditions hold', async () => {
  const fixed = (StatusCode: number) => [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: String(StatusCode) } }];
  const paths = (...Values: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
  const secret = { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Secret', Values: ['s'] } };
  const resources = [
    loadBalancer(), listener(443), CERTIFICATE, rule(20, [paths('/api/*')], fixed(420)), rule(10, [paths('/api/*', '/other'), secret], fixed(410)),
    rule(5, [{ Field: 'host-header', HostHeaderConfig: { Values: ['admin.example.com'] } }], fixed(405)),
    rule(30, [paths('/old')], [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Host: 'new.example.com' } }]),
    rule(40, [paths('/staff')], [{ Type: 'authenticate-cognito', Order: 1 }, { ...FORWARD[0], Order: 2 }]),
  ];
  expect((await ask(resources)).status).toBe(420);
  expect((await ask(resources, { headers: { 'x-secret': 's' } })).status).toBe(410);
  expect((await ask(resources, { headers: { 'x-secret': 't' } })).status).toBe(420);
  expect((await ask(resources, { path: '/else' })).status).toBe(200);
  expect(await ask(resources, { path: '/old' })).toMatchObject({ status: 301, headers: { location: 'https://new.example.com/old' } });
  expect((await ask(resources, { path: '/staff' })).status).toBe(302);
});

test('drops headers that are none, where it is told to', async () => {
  const dropping = loadBalancer({ LoadBalancerAttributes: [{ Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' }] });
  const headers = { x_own: '1' };
  expect((await heard(ask([loadBalancer(), listener(443), CERTIFICATE], { headers }))).headers.x_own).toBe('1');
  expect((await heard(ask([dropping, listener(443), CERTIFICATE], { headers }))).headers.x_own).toBeUndefined();
});

test('asks the web ACL first', async () => {
  expect((await ask([loadBalancer(), listener(443), CERTIFICATE], { firewall: () => answer(403, 'blocked') })).status).toBe(403);
});

test.each([
  ['shop.example.com', 'Shop.example.com', true],
  ['*.example.com', 'shop.example.com', true],
  ['*.example.com', 'a.shop.example.com', false],
  ['*.example.com', 'example.com', false],
])('a certificate for %s is good for %s: %s', (name, host, expected) => {
  expect(covers(name, host)).toBe(expected);
});
