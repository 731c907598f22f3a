/* eslint-disable @typescript-eslint/no-explicit-any */
import { createServer, IncomingMessage, ServerResponse } from 'http';
import { createSecureServer, Http2ServerRequest, Http2ServerResponse } from 'http2';
import { AddressInfo, Server } from 'net';
import { Account } from './account';
import { CLOUDFRONT_IP, Distribution } from './distribution';
import { Firewall } from './firewall';
import { certificateNames, covers, LoadBalancers } from './load-balancer';
import { Answer, OriginRequest, refusal } from './messages';
import { S3Origin } from './s3-origin';

/** Where the parts behind CloudFront are, and what the front needs to be CloudFront itself. */
export interface FrontOptions {
  readonly account: Account;
  readonly s3: { url: string; key: string };
  readonly tasks: Record<string, [string, number]>;
  readonly tls: { certificate: string; key: string };
  readonly firewall: Firewall;
  /** The address of the viewer, since all come from loopback. */
  readonly viewer: string;
}

/** CloudFront on loopback: every distribution of the templates, by HTTPS (HTTP/2) and HTTP, each on a port of its own. */
export class Front {
  readonly distributions: Distribution[];
  /** What was asked of it: method, URL and the status of the answer. */
  readonly log: string[] = [];
  /** What it asked load balancers for, and what it got. */
  readonly exchanges: { asked: OriginRequest; given: Answer }[] = [];
  private readonly loadBalancers: LoadBalancers;
  private readonly servers: { http: Server; https: Server };

  constructor(private readonly options: FrontOptions) {
    const { account, s3, tasks, firewall, tls } = options;
    const objects = new S3Origin(account, s3.url, s3.key);
    this.loadBalancers = new LoadBalancers(account, tasks, firewall);
    this.distributions = account.ofType('AWS::CloudFront::Distribution').map((resource) => new Distribution(account, resource, async (own, origin, asked, viewer) => {
      const bucket = objects.bucketOf(origin);
      if (bucket) {
        return objects.ask(own, origin, bucket, asked);
      }
      const given = await this.loadBalancers.askByOrigin(origin, viewer.scheme, asked, CLOUDFRONT_IP);
      this.exchanges.push({ asked, given });
      return given;
    }, firewall));
    this.servers = {
      http: createServer((request, response) => void this.serve('http', request, response)),
      https: createSecureServer({ cert: tls.certificate, key: tls.key, allowHTTP1: true }, (request, response) => void this.serve('https', request, response)),
    };
  }

  async open(): Promise<void> {
    await Promise.all(Object.values(this.servers).map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
  }

  close(): void {
    Object.values(this.servers).forEach((server) => server.close());
  }

  /** The last exchange about a path with a load balancer. */
  exchangeAbout(path: RegExp): { asked: OriginRequest; given: Answer } {
    const found = this.exchanges.filter(({ asked }) => path.test(asked.path)).pop();
    if (!found) {
      throw new Error(`no load balancer was asked for ${path}`);
    }
    return found;
  }

  /** What a browser must believe of DNS, as `--host-resolver-rules` wants it: the templates' records and CloudFront's own names, nothing else. */
  get resolverRules(): string {
    const own = this.distributions.map(({ resource }) => resource.attributes.DomainName.toLowerCase());
    const records = this.options.account.ofType('AWS::Route53::RecordSet')
      .filter(({ properties }) => properties.Type === 'A' && own.includes((properties.AliasTarget?.DNSName ?? '').toLowerCase()))
      .map(({ properties }) => properties.Name.replace(/\.$/, '').toLowerCase());
    const port = (server: Server) => (server.address() as AddressInfo).port;
    return [...own, ...records].flatMap((name) => [
      `MAP ${name}:443 127.0.0.1:${port(this.servers.https)}`, `MAP ${name}:80 127.0.0.1:${port(this.servers.http)}`,
    ]).concat('MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1').join(', ');
  }

  /** What CloudFront's own certificate would not cover: TLS of a browser fails there. */
  get uncovered(): string[] {
    return this.distributions.flatMap(({ resource }) => {
      const { Aliases = [], ViewerCertificate } = resource.properties.DistributionConfig;
      const arn: string | undefined = ViewerCertificate?.AcmCertificateArn;
      const names = arn ? certificateNames(this.options.account, arn) : [];
      return (Aliases as string[]).filter((alias) => !arn?.includes(':us-east-1:') || !names.some((name) => covers(name, alias)));
    });
  }

  /** Aliases without a record for one of the kinds of addresses: those of Route 53 that point to their distribution. */
  get unresolved(): string[] {
    const records = this.options.account.ofType('AWS::Route53::RecordSet').map(({ properties }) => properties);
    return this.distributions.flatMap(({ resource }) => ((resource.properties.DistributionConfig.Aliases ?? []) as string[]).flatMap((alias) =>
      ['A', 'AAAA'].filter((type) => !records.some(({ Type, Name, AliasTarget }) => Type === type && Name === `${alias}.`
        && AliasTarget.DNSName === resource.attributes.DomainName)).map((type) => `${type} ${alias}`)));
  }

  /** What those get who ask the load balancers with public addresses themselves, as the site and under the load balancer's own name. */
  direct(path: string): Promise<Answer[]> {
    return this.loadBalancers.direct(path, this.distributions.flatMap(({ hostNames }) => hostNames), this.options.viewer);
  }

  private async serve(scheme: 'http' | 'https', request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':'))
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(name === 'cookie' ? '; ' : ', ') : String(value)]));
    const host = String((request.headers as any)[':authority'] ?? request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
    const [path, ...query] = request.url!.split('?');
    const given: Answer = await this.answer(host, {
      scheme, host, method: request.method!, path, query: query.join('?'), headers: { ...headers, host }, body: Buffer.concat(chunks), address: this.options.viewer,
    }).catch((error) => refusal(502, error.message));
    this.log.push(`${request.method} ${scheme}://${host}${request.url} ${given.status}`);
    for (const [name, value] of Object.entries(given.headers)) {
      response.setHeader(name, value);
    }
    response.statusCode = given.status;
    (response as ServerResponse).end(request.method === 'HEAD' ? undefined : given.body);
  }

  private answer(host: string, request: Parameters<Distribution['handle']>[0]): Promise<Answer> {
    const distribution = this.distributions.find(({ hostNames }) => hostNames.includes(host));
    return distribution ? distribution.handle(request) : Promise.resolve(refusal(403, `no distribution has the name ${host}`));
  }
}
