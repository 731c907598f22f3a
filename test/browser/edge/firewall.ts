/* eslint-disable @typescript-eslint/no-explicit-any */
import { Account, Resource } from './account';
import { Answer, answer, OriginRequest } from './messages';
import { WafInterpreter } from '../../edge/firewall/waf-interpreter';

/** Refuses a request as the web ACL of a load balancer or a distribution does, or lets it through. */
export type Firewall = (protectedResource: Resource, request: OriginRequest, address: string) => Answer | undefined;

/** The web ACLs of the account, each where the templates put it. */
export function webAclsOf(account: Account): Firewall {
  const interpreters = new Map<string, WafInterpreter>();
  return (protectedResource, request, address) => {
    const arn = arnOf(account, protectedResource);
    if (arn === undefined) {
      return undefined;
    }
    if (!interpreters.has(arn)) {
      interpreters.set(arn, interpreterOf(account, arn));
    }
    const { method, path, query, headers, body } = request;
    const verdict = interpreters.get(arn)!.handle({ method, path, query, headers, body: body.toString('latin1'), address }, Date.now() / 1000);
    return verdict.action === 'ALLOW' ? undefined
      : answer(verdict.status ?? 403, verdict.page ?? '<html><head><title>403 Forbidden</title></head></html>', { 'x-blocked-by': String(verdict.rule) });
  };
}

function arnOf(account: Account, { attributes, properties }: Resource): string | undefined {
  const association = account.ofType('AWS::WAFv2::WebACLAssociation').find((each) => each.properties.ResourceArn === attributes.Ref);
  return association?.properties.WebACLArn ?? properties.DistributionConfig?.WebACLId;
}

/** The interpreter wants a template, in which sets of addresses are referred to. */
function interpreterOf(account: Account, arn: string): WafInterpreter {
  const sets = account.ofType('AWS::WAFv2::IPSet');
  const referring = (value: any): any => {
    if (Array.isArray(value)) {
      return value.map(referring);
    }
    if (value === null || typeof value !== 'object') {
      const index = sets.findIndex(({ attributes }) => attributes.Arn === value);
      return index < 0 ? value : { 'Fn::GetAtt': [`Set${index}`, 'Arn'] };
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, referring(item)]));
  };
  return new WafInterpreter({
    Resources: {
      WebAcl: { Type: 'AWS::WAFv2::WebACL', Properties: referring(account.named('AWS::WAFv2::WebACL', arn).properties) },
      ...Object.fromEntries(sets.map(({ type, properties }, index) => [`Set${index}`, { Type: type, Properties: properties }])),
    },
  });
}
