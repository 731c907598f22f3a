/* eslint-disable @typescript-eslint/no-explicit-any */
import { Account, Resource } from './account';
import { AskOrigin, Distribution } from './distribution';
import { Answer, answer, OriginRequest, ViewerRequest } from './messages';

export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
export const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
export const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
export const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

export function resource(type: string, name: string, properties: any, attributes: Record<string, string> = {}): Resource {
  return { type: `AWS::${type}`, properties, attributes: { Ref: name, ...attributes } };
}

export function viewerRequest(url: string, given: Partial<ViewerRequest> = {}): ViewerRequest {
  const { host } = new URL(url);
  const [path, query = ''] = url.slice(url.indexOf(host) + host.length).split('?');
  return { scheme: url.startsWith('https') ? 'https' : 'http', method: 'GET', host, path, query, body: Buffer.alloc(0), address: '203.0.113.7', ...given, headers: { host, ...given.headers } };
}

export function originRequest(path: string, given: Partial<OriginRequest> = {}): OriginRequest {
  return { method: 'GET', path, query: '', headers: {}, body: Buffer.alloc(0), ...given };
}

/** A distribution, what its origins were asked for, and what they answer. */
export interface Edge {
  readonly distribution: Distribution;
  readonly asked: { origin: string; request: OriginRequest }[];
  answer: Answer;
}

export function createEdge(config: any, further: Resource[] = []): Edge {
  const own = resource('CloudFront::Distribution', 'E1', {
    DistributionConfig: {
      Origins: [{ Id: 'files', DomainName: 'files.s3.amazonaws.com' }, { Id: 'app', DomainName: 'app.elb.amazonaws.com' }],
      ...config,
      DefaultCacheBehavior: behaviour('files', config.DefaultCacheBehavior),
    },
  }, { Id: 'E1', Arn: 'arn:aws:cloudfront::1:distribution/E1', DomainName: 'd1.cloudfront.net' });
  const asked: Edge['asked'] = [];
  const ask: AskOrigin = async (_own, origin, request) => {
    asked.push({ origin: origin.Id, request });
    return edge.answer;
  };
  const edge: Edge = { distribution: new Distribution(new Account([own, ...further]), own, ask), asked, answer: answer(200, 'hello') };
  return edge;
}

export function behaviour(origin: string, given: any = {}): any {
  return { TargetOriginId: origin, CachePolicyId: CACHING_DISABLED, ViewerProtocolPolicy: 'redirect-to-https', ...given };
}
