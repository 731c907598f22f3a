import { Template } from 'aws-cdk-lib/assertions';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { capacityOf } from '../../../../src/edge/firewall/waf-rules/capacity';
import { WebAcl } from '../../../../src/edge/firewall/web-acl';
import { WafInterpreter } from '../waf-interpreter';

type Statement = wafv2.CfnWebACL.StatementProperty;

const NONE = [{ priority: 0, type: 'NONE' }];
const TWO = [{ priority: 0, type: 'URL_DECODE' }, { priority: 1, type: 'LOWERCASE' }];
const PATH = { fieldToMatch: { uriPath: {} }, textTransformations: NONE };
const COUNTRY: Statement = { geoMatchStatement: { countryCodes: ['AQ'] } };

function costOf(statement: unknown): number {
  return capacityOf([{ name: 'Rule', priority: 10, visibilityConfig: {} as never, statement: statement as Statement }]);
}

test.each<[Statement, number]>([
  [COUNTRY, 1],
  [{ asnMatchStatement: { asnList: [64496] } }, 1],
  [{ labelMatchStatement: { scope: 'LABEL', key: 'x' } }, 1],
  [{ ipSetReferenceStatement: { arn: 'arn' } }, 1],
  [{ ipSetReferenceStatement: { arn: 'arn', ipSetForwardedIpConfig: { headerName: 'x', fallbackBehavior: 'MATCH', position: 'ANY' } } }, 5],
  [{ sizeConstraintStatement: { ...PATH, comparisonOperator: 'GT', size: 7 } }, 1],
  [{ byteMatchStatement: { ...PATH, positionalConstraint: 'STARTS_WITH', searchString: '/' } }, 2],
  [{ byteMatchStatement: { ...PATH, positionalConstraint: 'CONTAINS', searchString: '/' } }, 10],
  [{ byteMatchStatement: { ...PATH, positionalConstraint: 'EXACTLY', searchString: '/', textTransformations: TWO } }, 22],
  [{ byteMatchStatement: { fieldToMatch: { allQueryArguments: {} }, textTransformations: NONE, positionalConstraint: 'EXACTLY', searchString: 'x' } }, 12],
  [{ regexMatchStatement: { ...PATH, regexString: 'x' } }, 3],
  [{ regexPatternSetReferenceStatement: { ...PATH, arn: 'arn' } }, 25],
  [{ sqliMatchStatement: PATH }, 20],
  [{ sqliMatchStatement: { ...PATH, sensitivityLevel: 'HIGH' } }, 30],
  [{ xssMatchStatement: PATH }, 40],
  [{ rateBasedStatement: { limit: 100, aggregateKeyType: 'IP' } }, 2],
  [{ rateBasedStatement: { limit: 100, aggregateKeyType: 'CUSTOM_KEYS', customKeys: [{ ip: {} }, { httpMethod: {} }], scopeDownStatement: COUNTRY } }, 63],
  [{ managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesLinuxRuleSet', scopeDownStatement: COUNTRY } }, 201],
  [{ managedRuleGroupStatement: { vendorName: 'Somebody', name: 'Else' } }, 0],
  [{ ruleGroupReferenceStatement: { arn: 'arn' } }, 0],
  [{ andStatement: { statements: [COUNTRY, { notStatement: { statement: { orStatement: { statements: [COUNTRY, COUNTRY] } } } }] } }, 3],
])('%j needs %d capacity units', (statement, capacity) => {
  expect(costOf(statement)).toBe(capacity);
});

test('what is known in the deployment only counts nothing', () => {
  const token = Lazy.any({ produce: () => COUNTRY });

  expect(costOf(token)).toBe(0);
  expect(costOf({ notStatement: { statement: token } })).toBe(0);
  expect(costOf({ orStatement: { statements: token } })).toBe(0);
});

test('statements of Python, with the kinds that they are not as undefined, count as what they are', () => {
  expect(costOf({ andStatement: undefined, geoMatchStatement: { countryCodes: ['AQ'], forwardedIpConfig: undefined }, xssMatchStatement: undefined })).toBe(1);
});

test('our own rules count as in the template', () => {
  const stack = new Stack();
  const webAcl = new WebAcl(stack, 'WebAcl', { adminAllowList: ['203.0.113.0/24', '2001:db8::/32'], maintenance: {}, blockedCountries: ['AQ'] });

  expect(capacityOf(webAcl.resource.rules as wafv2.CfnWebACL.RuleProperty[])).toBe(new WafInterpreter(Template.fromStack(stack).toJSON()).capacity);
});
