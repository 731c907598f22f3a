import { Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { App, Stack } from 'aws-cdk-lib/core';
import { AlbAccess } from '../../../src/edge/load-balancer/alb-access';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { VIEWER_ADDRESS_HEADER } from '../../../src/edge/viewer-address';
import { givenVpc } from '../../helpers';
import { WafInterpreter } from '../firewall/waf-interpreter';

const EDGE = '130.176.0.1';
const SECRET = 's3cret';
const RATE_LIMIT = 10;

/** What a distribution sends to the load balancer, by the origin in the template, and what becomes of it there. */
function behindCloudFront(access: AlbAccess) {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-central-1' } });
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-central-1:111111111111:certificate/1a2b3c4d');
  const alb = new WafProtectedAlb(stack, 'Alb', {
    vpc: givenVpc(stack), access, domain: { domainName: 'shop.example.com', certificate }, webAcl: { rateLimit: RATE_LIMIT },
  });
  new cloudfront.Distribution(stack, 'Site', { defaultBehavior: { origin: alb._cloudFrontOrigin(stack) } });
  const template = Template.fromStack(stack).toJSON();
  const distribution = Object.values<any>(template.Resources).find(({ Type }) => Type === 'AWS::CloudFront::Distribution');
  const [origin] = distribution.Properties.DistributionConfig.Origins;
  const reference = JSON.stringify(origin.OriginCustomHeaders?.[0]?.HeaderValue);
  const waf = new WafInterpreter(template, { secrets: reference === undefined ? {} : { [reference]: SECRET } });
  const added = Object.fromEntries((origin.OriginCustomHeaders ?? []).map(({ HeaderName }: { HeaderName: string }) => [HeaderName, SECRET]));
  const send = (headers: Record<string, string>, address = EDGE) => {
    const { action, rule } = waf.handle({ path: '/api/products/', headers, address });
    return rule ? `${action} ${rule}` : action;
  };
  /** As the distribution's function does: what the viewer sent under the header's name is gone. */
  const view = (viewer: string, own: Record<string, string> = {}) => send({ ...own, ...added, [VIEWER_ADDRESS_HEADER]: viewer });
  return { send, view };
}

describe.each([AlbAccess.CLOUDFRONT, AlbAccess.CLOUDFRONT_VPC_ORIGIN])('behind CloudFront with %s', (access) => {
  test('viewers get through', () => {
    expect(behindCloudFront(access).view('203.0.113.7')).toBe('ALLOW');
    expect(behindCloudFront(access).view('2001:db8::7')).toBe('ALLOW');
  });

  test('each viewer has a limit of its own, which no header of the viewer moves', () => {
    const { view } = behindCloudFront(access);
    const answers = Array.from({ length: RATE_LIMIT + 1 }, (_, index) => view('203.0.113.7', { [VIEWER_ADDRESS_HEADER]: `192.0.2.${index}` }));
    expect(answers).toEqual([...Array.from({ length: RATE_LIMIT }, () => 'ALLOW'), 'BLOCK RateLimit']);
    expect(view('203.0.113.8')).toBe('ALLOW');
  });

  test('what a distribution sends without the viewer\'s address is blocked, since it would count for nobody', () => {
    const { send } = behindCloudFront(access);
    expect(send({ 'x-origin-secret': SECRET })).toBe('BLOCK ClientAddress');
  });
});

test('over the internet, what somebody else\'s distribution or a scanner sends is blocked', () => {
  const { send } = behindCloudFront(AlbAccess.CLOUDFRONT);
  expect(send({ [VIEWER_ADDRESS_HEADER]: '203.0.113.7' })).toBe('BLOCK RequiredHeader');
  expect(send({ [VIEWER_ADDRESS_HEADER]: '203.0.113.7', 'x-origin-secret': 'guess' })).toBe('BLOCK RequiredHeader');
  expect(send({ [VIEWER_ADDRESS_HEADER]: '203.0.113.7', 'x-origin-secret': '' }, '198.51.100.9')).toBe('BLOCK RequiredHeader');
  expect(send({ [VIEWER_ADDRESS_HEADER]: '203.0.113.7', 'x-origin-secret': SECRET })).toBe('ALLOW');
});
