/* eslint-disable @typescript-eslint/no-explicit-any */
import { createServer, Server } from 'http';
import { AddressInfo } from 'net';
import { Account } from './account';
import { originRequest, resource } from './edges';
import { S3Origin } from './s3-origin';

const DISTRIBUTION = resource('CloudFront::Distribution', 'E1', {}, { Arn: 'arn:aws:cloudfront::1:distribution/E1' });
const BUCKET = resource('S3::Bucket', 'files', {}, { Arn: 'arn:aws:s3:::files', RegionalDomainName: 'files.s3.eu-central-1.amazonaws.com' });
const CONTROL = resource('CloudFront::OriginAccessControl', 'Control', {
  OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4', OriginAccessControlOriginType: 's3' },
});
const ORIGIN = { DomainName: BUCKET.attributes.RegionalDomainName, OriginAccessControlId: 'Control' };
const READ = {
  Effect: 'Allow',
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::files/site/*',
  Condition: { StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::1:distribution/E1' } },
};
const TLS_ONLY = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

let emulator: Server;
let url: string;
beforeAll(async () => {
  emulator = createServer((request, response) => {
    response.statusCode = request.url === '/files/site/there' && request.headers.authorization?.includes('Credential=key/') ? 200 : 404;
    response.end(request.url);
  });
  await new Promise<void>((resolve) => emulator.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
});
afterAll(() => emulator.close());

async function statusOf(path: string, statements: any[], { origin = ORIGIN, control = CONTROL, method = 'GET' }: any = {}): Promise<number> {
  const account = new Account([BUCKET, control, resource('S3::BucketPolicy', 'Policy', { Bucket: 'files', PolicyDocument: { Statement: statements } })]);
  const s3 = new S3Origin(account, url, 'key');
  return (await s3.ask(DISTRIBUTION, origin, s3.bucketOf(origin)!, originRequest(path, { method }))).status;
}

test.each([
  ['what is there', '/site/there', [READ, TLS_ONLY], 200],
  ['what is missing, without the right to list', '/site/none', [READ], 403],
  ['what is missing, with it', '/site/none', [READ, { ...READ, Action: ['s3:ListBucket'], Resource: 'arn:aws:s3:::files' }], 404],
  ['what the statement does not name', '/private/there', [READ], 403],
  ['what another distribution may read', '/site/there', [{ ...READ, Condition: { StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::1:distribution/E2' } } }], 403],
  ['what is denied', '/site/there', [READ, { ...READ, Effect: 'Deny' }], 403],
  ['a bucket without a policy', '/site/there', [], 403],
])('%s', async (_what, path, statements, expected) => {
  expect(await statusOf(path, statements)).toBe(expected);
});

test.each([
  ['without an access control', { origin: { ...ORIGIN, OriginAccessControlId: undefined } }],
  ['with one that does not sign', { control: resource('CloudFront::OriginAccessControl', 'Control', { OriginAccessControlConfig: { ...CONTROL.properties.OriginAccessControlConfig, SigningBehavior: 'never' } }) }],
  ['to change something', { method: 'POST' }],
])('asks in vain %s', async (_what, changes) => {
  expect(await statusOf('/site/there', [READ], changes)).toBe(403);
});

test('does not guess what a condition means', async () => {
  await expect(statusOf('/site/there', [{ ...READ, Condition: { DateGreaterThan: { 'aws:CurrentTime': 'x' } } }])).rejects.toThrow('DateGreaterThan');
});
