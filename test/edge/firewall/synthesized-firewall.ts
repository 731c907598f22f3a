import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { Surroundings, Verdict, WafInterpreter } from './waf-interpreter';
import { WebAcl } from '../../../src/edge/firewall/web-acl';
import { WebAclProps } from '../../../src/edge/firewall/web-acl-props';

/** Form with an attack. */
export const INJECTION = "username=admin' OR 1=1 --&password=x";
/** Form with a file, of more than one MB. */
export const UPLOAD = `--b\r\nContent-Disposition: form-data; name="file"; filename="scan.pdf"\r\n\r\n%PDF-1.7 ${'\u0007binary\u0000'.repeat(200_000)}\r\n--b--`;
export const OFFICE = '203.0.113.7';
export const STRANGER = '198.51.100.9';

/** The template with a web ACL. */
export function synthesize(props: WebAclProps) {
  const stack = new Stack(new App(), 'Stack', { env: { region: 'us-east-1' } });
  new WebAcl(stack, 'WebAcl', props);
  return Template.fromStack(stack).toJSON();
}

const DEFAULTS = synthesize({});

/** A web ACL whose limits have seen nothing yet. */
export function firewall(props?: WebAclProps, surroundings?: Surroundings): WafInterpreter {
  return new WafInterpreter(props ? synthesize(props) : DEFAULTS, surroundings);
}

/** What becomes of a request, and by which rule. */
export function outcome({ action, rule }: Verdict): string {
  return rule ? `${action} ${rule}` : action;
}
