/* eslint-disable @typescript-eslint/no-explicit-any */
import { request } from 'http';
import { Account, Resource } from './account';
import { Answer, answer, Headers, OriginRequest, pathAndQuery } from './messages';

/** The account's buckets behind CloudFront's origin access control; the objects are in an emulator, the rights in the templates. */
export class S3Origin {
  /** `key`: an access key with which the emulator asks nobody else. */
  constructor(private readonly account: Account, private readonly emulator: string, private readonly key: string) {}

  bucketOf(origin: any): Resource | undefined {
    return this.account.ofType('AWS::S3::Bucket').find(({ attributes }) => attributes.RegionalDomainName === origin.DomainName);
  }

  async ask(distribution: Resource, origin: any, bucket: Resource, asked: OriginRequest): Promise<Answer> {
    const may = (action: string, arn: string) => this.isSigned(origin) && this.allows(distribution, bucket, action, arn);
    const arn = bucket.attributes.Arn;
    if (!['GET', 'HEAD'].includes(asked.method) || !may('s3:GetObject', arn + decodeURIComponent(asked.path))) {
      return denied();
    }
    const { 'if-none-match': _match, 'if-modified-since': _since, 'accept-encoding': _encoding, 'cookie': _cookie, ...headers } = asked.headers;
    const given = await this.read({ ...asked, headers, path: `/${bucket.attributes.Ref}${asked.path}` });
    return given.status === 404 && !may('s3:ListBucket', arn) ? denied() : given;
  }

  private isSigned(origin: any): boolean {
    const id = origin.OriginAccessControlId;
    const config = id && this.account.named('AWS::CloudFront::OriginAccessControl', id).properties.OriginAccessControlConfig;
    return config?.SigningBehavior === 'always' && config.SigningProtocol === 'sigv4' && config.OriginAccessControlOriginType === 's3';
  }

  /** As far as policies of buckets in front of which CloudFront stands use the language. */
  private allows(distribution: Resource, bucket: Resource, action: string, arn: string): boolean {
    const facts: Record<string, string> = {
      'aws:sourcearn': distribution.attributes.Arn,
      'aws:securetransport': 'true',
      's3:tlsversion': '1.3',
    };
    const statements = this.account.ofType('AWS::S3::BucketPolicy').filter(({ properties }) => properties.Bucket === bucket.attributes.Ref)
      .flatMap(({ properties }) => listed<any>(properties.PolicyDocument.Statement));
    const applies = ({ Principal, Action, Resource: resource, Condition = {} }: any) =>
      (Principal === '*' || Principal?.AWS === '*' || listed(Principal?.Service ?? []).includes('cloudfront.amazonaws.com'))
      && listed<string>(Action).some((each) => wildcard(each).test(action))
      && listed<string>(resource).some((each) => wildcard(each).test(arn))
      && Object.entries<any>(Condition).every(([operator, wanted]) => Object.entries<any>(wanted).every(([name, value]) => {
        const fact = facts[name.toLowerCase()];
        switch (operator) {
          case 'StringEquals':
          case 'ArnEquals':
          case 'Bool': return listed(value).map(String).includes(fact);
          case 'StringLike':
          case 'ArnLike': return fact !== undefined && listed<string>(value).some((each) => wildcard(each).test(fact));
          case 'NumericLessThan': return Number(fact) < Number(value);
          default: throw new Error(`the front does not know the condition ${operator} of a bucket policy`);
        }
      }));
    const matching = statements.filter(applies);
    return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
  }

  private read(asked: OriginRequest): Promise<Answer> {
    const { hostname, port, host } = new URL(this.emulator);
    const authorization = `AWS4-HMAC-SHA256 Credential=${this.key}/20260101/region/s3/aws4_request, SignedHeaders=host, Signature=none`;
    return exchange({ hostname, port: Number(port) }, { ...asked, headers: { ...asked.headers, host, authorization } });
  }
}

/** One request to a server on loopback. */
export function exchange(address: { hostname: string; port: number; localAddress?: string }, asked: OriginRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...address, method: asked.method, path: pathAndQuery(asked), headers: asked.headers, agent: false }, (received) => {
      const chunks: Buffer[] = [];
      received.on('data', (chunk) => chunks.push(chunk));
      received.on('error', reject);
      received.on('end', () => resolve({ status: received.statusCode!, headers: endToEnd(received.headers as Headers), body: Buffer.concat(chunks) }));
    });
    sent.setTimeout(20_000, () => sent.destroy(new Error(`no answer to ${asked.method} ${asked.path} in 20 seconds`)));
    sent.on('error', reject);
    sent.end(asked.body);
  });
}

function endToEnd(headers: Headers): Headers {
  const { connection: _connection, 'keep-alive': _alive, 'transfer-encoding': _encoding, 'content-length': _length, ...rest } = headers;
  return rest;
}

function denied(): Answer {
  return answer(403, '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>', { 'content-type': 'application/xml' });
}

function listed<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^]*').replace(/\?/g, '[^]')}$`, 'i');
}
