import { Annotations, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { capacityOf, INCLUDED_CAPACITY } from './waf-rules/capacity';
import { WafRule } from './waf-rules/numbered-rule';
import { WebAclMode } from './web-acl-mode';
import { WebAclProps } from './web-acl-props';
import { WebAclScope } from './web-acl-scope';

/** Warns of what is legal in a web ACL, but risky or dear. */
export function warnOfWebAcl(webAcl: Construct, props: WebAclProps, rules: WafRule[]): void {
  const warn = (topic: string, text: string) => Annotations.of(webAcl).addWarningV2(`cdk-django-on-fargate:${topic}`, text);
  if (props.uploadPaths?.includes('/')) {
    warn('upload-paths', '\'uploadPaths\' holds "/", so no body of any request is checked for attacks: give only the paths that take uploads or rich text');
  }
  if (props.mode === WebAclMode.COUNT) {
    warn('web-acl-counts', "'mode' is WebAclMode.COUNT, so attacks and floods are logged and let through: "
      + 'look through what was counted after a week, and leave \'mode\' out to block');
  }
  if (props.clientAddressHeader?.toLowerCase() === 'x-forwarded-for') {
    warn('client-address-header', "'clientAddressHeader' is X-Forwarded-For, of which AWS WAF takes the first address, and that is what clients claim to be: "
      + 'let the proxy set a header of its own');
  }
  if (props.scope === WebAclScope.CLOUDFRONT && Token.isUnresolved(Stack.of(webAcl).region)) {
    warn('cloudfront-region', "'scope' is WebAclScope.CLOUDFRONT, and the region of the stack is not known: the deployment fails in any but us-east-1, "
      + "so give the stack env: { region: 'us-east-1' }");
  }
  const capacity = capacityOf(rules);
  if (capacity > INCLUDED_CAPACITY) {
    warn('web-acl-capacity', `'rules' make the web ACL need ${capacity} capacity units or more, and ${INCLUDED_CAPACITY} are included: `
      + 'AWS charges an extra fee for each million requests, and accepts 5000 units at most');
  }
}
