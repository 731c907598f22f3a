import { WafRequest } from './waf-interpreter';

/** A rule in a group of AWS's, as far as AWS documents it: what it looks at, the label that it adds. It blocks unless it is overridden. */
export interface ManagedRule {
  readonly name: string;
  readonly label: string;
  readonly matches: (request: InspectedRequest) => boolean;
}

/** A request as AWS's rules see it: of its body, what the load balancer or CloudFront hands over, and how long it is. */
export interface InspectedRequest {
  readonly request: WafRequest;
  readonly body: string;
  readonly bodyBytes: number;
  readonly hasBadAddress: boolean;
}

const XSS = /<script|javascript:|\bon(error|load)\s*=/i;
const LFI = /\.\.\/\.\.\//;
const RFI = /\b(https?|ftps?|file):\/\/\d{1,3}(\.\d{1,3}){3}/i;
const SSRF = /169\.254\.169\.254/;
const SQLI = /('|\d)\s*(or|and)\s+'?\d+'?\s*=\s*'?\d|union\s+(all\s+)?select|;\s*drop\s+table/i;
const LOG4J = /\$\{jndi:/i;

const core = (name: string, label: string, matches: ManagedRule['matches']) => ({ name, label: `awswaf:managed:aws:core-rule-set:${label}`, matches });
const bad = (name: string, label: string, matches: ManagedRule['matches']) => ({ name, label: `awswaf:managed:aws:known-bad-inputs:${label}`, matches });
const sqli = (name: string, label: string, matches: ManagedRule['matches']) => ({ name, label: `awswaf:managed:aws:sql-database:${label}`, matches });
const query = ({ request }: InspectedRequest) => decodeURIComponent((request.query ?? '').replace(/\+/g, ' '));
const header = ({ request }: InspectedRequest, name: string) => request.headers?.[name] ?? '';

/**
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html
 */
export const MANAGED_GROUPS: Record<string, ManagedRule[]> = {
  AWSManagedRulesAmazonIpReputationList: [
    { name: 'AWSManagedIPReputationList', label: 'awswaf:managed:aws:amazon-ip-list:AWSManagedIPReputationList', matches: ({ hasBadAddress }) => hasBadAddress },
  ],
  AWSManagedRulesCommonRuleSet: [
    core('NoUserAgent_HEADER', 'NoUserAgent_Header', (request) => header(request, 'user-agent') === ''),
    core('UserAgent_BadBots_HEADER', 'BadBots_Header', (request) => /nessus|nmap/i.test(header(request, 'user-agent'))),
    core('SizeRestrictions_QUERYSTRING', 'SizeRestrictions_QueryString', ({ request }) => (request.query ?? '').length > 2048),
    core('SizeRestrictions_Cookie_HEADER', 'SizeRestrictions_Cookie_Header', (request) => header(request, 'cookie').length > 10_240),
    core('SizeRestrictions_BODY', 'SizeRestrictions_Body', ({ bodyBytes }) => bodyBytes > 8192),
    core('SizeRestrictions_URIPATH', 'SizeRestrictions_URIPath', ({ request }) => request.path.length > 1024),
    core('EC2MetaDataSSRF_BODY', 'EC2MetaDataSSRF_Body', ({ body }) => SSRF.test(body)),
    core('EC2MetaDataSSRF_QUERYARGUMENTS', 'EC2MetaDataSSRF_QueryArguments', (request) => SSRF.test(query(request))),
    core('GenericLFI_QUERYARGUMENTS', 'GenericLFI_QueryArguments', (request) => LFI.test(query(request))),
    core('GenericLFI_URIPATH', 'GenericLFI_URIPath', ({ request }) => LFI.test(request.path)),
    core('GenericLFI_BODY', 'GenericLFI_Body', ({ body }) => LFI.test(body)),
    core('RestrictedExtensions_URIPATH', 'RestrictedExtensions_URIPath', ({ request }) => /\.(log|ini)$/.test(request.path)),
    core('GenericRFI_QUERYARGUMENTS', 'GenericRFI_QueryArguments', (request) => RFI.test(query(request))),
    core('GenericRFI_BODY', 'GenericRFI_Body', ({ body }) => RFI.test(body)),
    core('CrossSiteScripting_COOKIE', 'CrossSiteScripting_Cookie', (request) => XSS.test(header(request, 'cookie'))),
    core('CrossSiteScripting_QUERYARGUMENTS', 'CrossSiteScripting_QueryArguments', (request) => XSS.test(query(request))),
    core('CrossSiteScripting_BODY', 'CrossSiteScripting_Body', ({ body }) => XSS.test(body)),
  ],
  AWSManagedRulesKnownBadInputsRuleSet: [
    bad('Host_localhost_HEADER', 'Host_Localhost_Header', (request) => /localhost/.test(header(request, 'host'))),
    bad('PROPFIND_METHOD', 'Propfind_Method', ({ request }) => request.method === 'PROPFIND'),
    bad('ExploitablePaths_URIPATH', 'ExploitablePaths_URIPath', ({ request }) => /web-inf/i.test(request.path)),
    bad('Log4JRCE_HEADER', 'Log4JRCE_Header', ({ request }) => Object.values(request.headers ?? {}).some((value) => LOG4J.test(value))),
    bad('Log4JRCE_QUERYSTRING', 'Log4JRCE_QueryString', (request) => LOG4J.test(query(request))),
    bad('Log4JRCE_BODY', 'Log4JRCE_Body', ({ body }) => LOG4J.test(body)),
  ],
  AWSManagedRulesSQLiRuleSet: [
    sqli('SQLi_QUERYARGUMENTS', 'SQLi_QueryArguments', (request) => SQLI.test(query(request))),
    sqli('SQLiExtendedPatterns_BODY', 'SQLiExtendedPatterns_Body', ({ body }) => /waitfor\s+delay|xp_cmdshell/i.test(body)),
    sqli('SQLi_BODY', 'SQLi_Body', ({ body }) => SQLI.test(body)),
    sqli('SQLi_COOKIE', 'SQLi_Cookie', (request) => SQLI.test(header(request, 'cookie'))),
  ],
};
