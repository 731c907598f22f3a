/* eslint-disable @typescript-eslint/no-explicit-any */
import { Account, Resource } from './account';
import { Firewall } from './firewall';
import { Answer, answer, OriginRequest, refusal } from './messages';
import { matchesPath } from './path-patterns';
import { exchange } from './s3-origin';

/** The address from which the load balancer speaks to tasks: one that nobody trusts by default. */
const OWN_IP = '127.0.0.9';

/** The account's load balancers: web ACL, listeners and their rules in order, tasks. */
export class LoadBalancers {
  /** `tasks`: host and port behind each target group, by its ARN. */
  constructor(private readonly account: Account, private readonly tasks: Record<string, [string, number]>, private readonly firewall: Firewall) {}

  /** The load balancer of an origin: behind a VPC origin one that has no public address, else the one with the origin's name. */
  behind(origin: any): Resource {
    if (origin.VpcOriginConfig) {
      const endpoint = this.account.named('AWS::CloudFront::VpcOrigin', origin.VpcOriginConfig.VpcOriginId).properties.VpcOriginEndpointConfig;
      return this.account.named('AWS::ElasticLoadBalancingV2::LoadBalancer', endpoint.Arn);
    }
    const name = origin.DomainName.toLowerCase();
    const found = this.account.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer').find(({ attributes }) => attributes.DNSName.toLowerCase() === name);
    if (!found || found.properties.Scheme === 'internal') {
      throw new Error(`CloudFront cannot reach the origin '${origin.DomainName}'`);
    }
    return found;
  }

  /** What CloudFront gets: by the protocol and the port that the origin says. */
  async askByOrigin(origin: any, scheme: 'http' | 'https', request: OriginRequest, address: string): Promise<Answer> {
    const loadBalancer = this.behind(origin);
    const config = origin.CustomOriginConfig
      ?? this.account.named('AWS::CloudFront::VpcOrigin', origin.VpcOriginConfig.VpcOriginId).properties.VpcOriginEndpointConfig;
    const policy: string = config.OriginProtocolPolicy ?? 'match-viewer';
    const protocol = policy === 'https-only' || (policy === 'match-viewer' && scheme === 'https') ? 'HTTPS' : 'HTTP';
    const port = Number(protocol === 'HTTPS' ? config.HTTPSPort ?? 443 : config.HTTPPort ?? 80);
    const listener = this.listenerOf(loadBalancer, port);
    if (listener?.properties.Protocol !== protocol) {
      return refusal(502, `the load balancer does not speak ${protocol} on port ${port}`);
    }
    if (protocol === 'HTTPS' && !this.hasCertificateFor(listener, [request.headers.host, origin.DomainName])) {
      return refusal(502, `the load balancer's certificate is neither for ${request.headers.host} nor for ${origin.DomainName}`);
    }
    return this.ask(loadBalancer, listener, request, address);
  }

  /** What those get who go around CloudFront: each listener with a public address, asked under each name. */
  async direct(path: string, hosts: string[], address: string): Promise<Answer[]> {
    const found = this.account.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer').filter(({ properties }) => properties.Scheme !== 'internal');
    const asked = found.flatMap((loadBalancer) => this.account.ofType('AWS::ElasticLoadBalancingV2::Listener')
      .filter(({ properties }) => properties.LoadBalancerArn === loadBalancer.attributes.Ref)
      .flatMap((listener) => [...hosts, loadBalancer.attributes.DNSName].map((host) =>
        this.ask(loadBalancer, listener, { method: 'GET', path, query: '', headers: { host, 'x-viewer-address': address }, body: Buffer.alloc(0) }, address))));
    return Promise.all(asked);
  }

  private listenerOf(loadBalancer: Resource, port: number): Resource | undefined {
    return this.account.ofType('AWS::ElasticLoadBalancingV2::Listener')
      .find(({ properties }) => properties.LoadBalancerArn === loadBalancer.attributes.Ref && Number(properties.Port) === port);
  }

  private hasCertificateFor(listener: Resource, hosts: string[]): boolean {
    const names = listener.properties.Certificates.flatMap(({ CertificateArn }: any) => certificateNames(this.account, CertificateArn));
    return hosts.some((host) => names.some((name: string) => covers(name, host)));
  }

  private async ask(loadBalancer: Resource, listener: Resource, request: OriginRequest, address: string): Promise<Answer> {
    const protocol = listener.properties.Protocol.toLowerCase();
    const blocked = this.firewall(loadBalancer, request, address);
    if (blocked) {
      return blocked;
    }
    const rules = this.account.ofType('AWS::ElasticLoadBalancingV2::ListenerRule').filter(({ properties }) => properties.ListenerArn === listener.attributes.Ref)
      .sort((a, b) => a.properties.Priority - b.properties.Priority);
    const rule = rules.find(({ properties }) => properties.Conditions.every((condition: any) => meets(condition, request)));
    const actions: any[] = [...rule?.properties.Actions ?? listener.properties.DefaultActions].sort((a, b) => (a.Order ?? 1) - (b.Order ?? 1));
    for (const action of actions) {
      switch (action.Type) {
        case 'forward': return this.forward(loadBalancer, action, request, address, protocol, Number(listener.properties.Port));
        case 'fixed-response': {
          const { StatusCode, MessageBody = '', ContentType = 'text/plain' } = action.FixedResponseConfig;
          return answer(Number(StatusCode), MessageBody, { 'content-type': ContentType });
        }
        case 'redirect': return redirect(action.RedirectConfig, request, protocol);
        case 'authenticate-cognito':
        case 'authenticate-oidc': return answer(302, '', { location: 'https://login.example.com/' });
        default: throw new Error(`the front does not know the action ${action.Type}`);
      }
    }
    throw new Error('the listener has no action');
  }

  private forward(loadBalancer: Resource, action: any, request: OriginRequest, address: string, protocol: string, port: number): Promise<Answer> {
    const group = action.TargetGroupArn ?? action.ForwardConfig.TargetGroups[0].TargetGroupArn;
    const [hostname, taskPort] = this.tasks[group] ?? [];
    if (!hostname || !taskPort) {
      return Promise.resolve(answer(503, '<h1>503 Service Temporarily Unavailable</h1>'));
    }
    const attribute = (key: string) => (loadBalancer.properties.LoadBalancerAttributes ?? []).find(({ Key }: any) => Key === key)?.Value;
    const drops = String(attribute('routing.http.drop_invalid_header_fields.enabled')) === 'true';
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !drops || /^[-A-Za-z0-9]+$/.test(name)));
    return exchange({ hostname, port: taskPort, localAddress: OWN_IP }, {
      ...request,
      headers: {
        ...headers,
        'content-length': String(request.body.length),
        'x-forwarded-for': [headers['x-forwarded-for'], address].filter(Boolean).join(', '),
        // Whatever came before: the load balancer says how it was spoken to itself.
        'x-forwarded-proto': protocol,
        'x-forwarded-port': String(port),
      },
    });
  }
}

/** The names of a certificate of the templates. */
export function certificateNames(account: Account, arn: string): string[] {
  const { DomainName, SubjectAlternativeNames = [] } = account.named('AWS::CertificateManager::Certificate', arn).properties;
  return [DomainName, ...SubjectAlternativeNames];
}

/** Whether a name of a certificate is good for a host. */
export function covers(name: string, host: string): boolean {
  return name.toLowerCase() === host.toLowerCase() || (name.startsWith('*.') && host.toLowerCase().replace(/^[^.]+/, '*') === name.toLowerCase());
}

function meets(condition: any, request: OriginRequest): boolean {
  const values = (config: string): string[] => condition[config]?.Values ?? condition.Values;
  switch (condition.Field) {
    case 'path-pattern': return values('PathPatternConfig').some((pattern) => matchesPath(pattern, request.path));
    case 'host-header': return values('HostHeaderConfig').some((pattern) => matchesPath(pattern.toLowerCase(), `/${request.headers.host.toLowerCase()}`));
    case 'http-request-method': return values('HttpRequestMethodConfig').includes(request.method);
    case 'http-header': {
      const given = request.headers[condition.HttpHeaderConfig.HttpHeaderName.toLowerCase()];
      return given !== undefined && condition.HttpHeaderConfig.Values.some((pattern: string) => matchesPath(pattern, `/${given}`));
    }
    default: throw new Error(`the front does not know the condition ${condition.Field}`);
  }
}

function redirect(config: any, request: OriginRequest, protocol: string): Answer {
  const to = (config.Protocol ?? '#{protocol}').replace('#{protocol}', protocol).toLowerCase();
  const host = (config.Host ?? '#{host}').replace('#{host}', request.headers.host);
  return answer(config.StatusCode === 'HTTP_301' ? 301 : 302, '', { location: `${to}://${host}${request.path}${request.query && `?${request.query}`}` });
}
