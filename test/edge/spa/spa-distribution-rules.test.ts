import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { App, Duration, Environment, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { HOST_NAME, privateAlb, publicAlb, SOURCE, zone } from './defined';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { WebAclLogs } from '../../../src/edge/firewall/web-acl-logs';
import { AlbAccess } from '../../../src/edge/load-balancer/alb-access';
import { SpaContentSecurityPolicy } from '../../../src/edge/spa/content-security-policy';
import { SpaSource } from '../../../src/edge/spa/source/spa-source';
import { SpaBackend } from '../../../src/edge/spa/spa-backend';
import { SpaDistribution } from '../../../src/edge/spa/spa-distribution';
import { SpaDistributionProps } from '../../../src/edge/spa/spa-distribution-props';
import { SpaMedia } from '../../../src/edge/spa/spa-media';
import { LogBucket } from '../../../src/network/log-bucket';
import { messageOf, TOKEN } from '../../helpers';

const VIRGINIA = { account: '111111111111', region: 'us-east-1' };
const IRELAND = { account: '111111111111', region: 'eu-west-1' };
const WEB_ACL_ARN = 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/shared/1a2b3c4d';

const backend = (paths: unknown) => ({ backend: SpaBackend.origin(new origins.HttpOrigin('api.example.com'), { paths: paths as string[] }) });

type Wrong = (stack: Stack) => Record<string, unknown>;

function define(props: Wrong, env?: Environment): SpaDistribution {
  const stack = new Stack(new App(), 'Stack', { env });
  return new SpaDistribution(stack, 'Site', { source: SOURCE, ...props(stack) } as SpaDistributionProps);
}

function expectProblems(props: Wrong, problems: string[], env?: Environment): void {
  expect(messageOf(() => define(props, env))).toBe(["SpaDistribution at 'Stack/Site' cannot be defined:", ...problems.map((problem) => `- ${problem}`)].join('\n'));
}

describe('the source', () => {
  test.each<[string, unknown, string]>([
    ['left out', undefined, "'source' must be given: use SpaSource.directory('frontend/dist')"],
    ['a path', 'frontend/dist', "'source' must be a SpaSource, got \"frontend/dist\": use SpaSource.directory('frontend/dist')"],
  ])('%s is refused', (_, source, message) => {
    expectProblems(() => ({ source }), [message]);
  });

  test('is checked', () => {
    expect(messageOf(() => define(() => ({ source: SpaSource.directory('no/such/directory') })))).toMatch(/^SpaDistribution at 'Stack\/Site' cannot be defined:\n- 'source' cannot be used: the directory .*no\/such\/directory/);
  });
});

describe('paths of the backend', () => {
  const NOT_THE_APPS = ": name what the backend answers, e.g. '/api/*'";
  test.each<[unknown, string]>([
    [[], "'backend.paths' must be a list of path patterns, got []: e.g. ['/api/*', '/admin', '/admin/*']"],
    ['/api/*', "'backend.paths' must be a list of path patterns, got \"/api/*\": e.g. ['/api/*', '/admin', '/admin/*']"],
    [['api/*'], "'backend.paths' must begin with '/' and have 255 characters at most, of letters, digits and _-.*$/~\"'@:+&?, got \"api/*\": write \"/api/*\""],
    [['/api/{id}'], "'backend.paths' must begin with '/' and have 255 characters at most, of letters, digits and _-.*$/~\"'@:+&?, got \"/api/{id}\""],
    [['https://api.example.com/'],
      "'backend.paths' must begin with '/' and have 255 characters at most, of letters, digits and _-.*$/~\"'@:+&?, got \"https://api.example.com/\": write \"/https://api.example.com/\""],
    [[`/${'a'.repeat(255)}`],
      `'backend.paths' must begin with '/' and have 255 characters at most, of letters, digits and _-.*$/~"'@:+&?, got "/${'a'.repeat(255)}"`],
    [[5], "'backend.paths' must hold plain strings, because the order of the behaviors is computed from them, got 5"],
    [[TOKEN.string()], "'backend.paths' must hold plain strings, because the order of the behaviors is computed from them, got a token"],
    [['/*'], `'backend.paths' must leave "/", "/index.html", "/config.json", "/assets/index-0a1b2c3d.js" to the app, got "/*"${NOT_THE_APPS}`],
    [['/'], `'backend.paths' must leave "/" to the app, got "/"${NOT_THE_APPS}`],
    [['/a*'], `'backend.paths' must leave "/assets/index-0a1b2c3d.js" to the app, got "/a*"${NOT_THE_APPS}`],
    [['/*.json'], `'backend.paths' must leave "/config.json" to the app, got "/*.json"${NOT_THE_APPS}`],
    [['/api/*', '/admin', '/api/*'], "'backend.paths' must not name a path twice, got \"/api/*\""],
    [Array.from({ length: 76 }, (_, index) => `/service-${index}/*`),
      "'backend.paths' must leave no more than 75 cache behaviors to the distribution, got 76: put paths under a common beginning, e.g. '/api/*'"],
  ])('%j are refused', (paths, message) => {
    expectProblems(() => backend(paths), [message]);
  });

  test('must leave static files and uploads to their buckets', () => {
    expectProblems((stack) => ({ ...backend(['/api/*', '/static/*', '/media/*']), storage: new FileStorage(stack, 'Storage'), media: SpaMedia.publiclyReadable() }),
      ['\'backend.paths\' must not hold "/static/*", "/media/*": these files come from the buckets of \'storage\'']);
  });

  test('may be those of static files and uploads where no bucket has them', () => {
    expect(() => define(() => backend(['/api/*', '/static/*', '/media/*']))).not.toThrow();
  });
});

describe('a load balancer', () => {
  test('that lets CloudFront not in is refused', () => {
    expectProblems((stack) => ({ backend: SpaBackend.loadBalancer(privateAlb(stack, { access: AlbAccess.INTERNAL })) }),
      ["'backend' must let CloudFront in, but 'Stack/Alb' has AlbAccess.INTERNAL, which keeps CloudFront out: give it AlbAccess.CLOUDFRONT_VPC_ORIGIN"]);
  });

  test('whose names are those of the site is refused, since they can point to one only', () => {
    expectProblems((stack) => {
      const domain = { domainName: HOST_NAME, hostedZone: zone(stack) };
      return { domain, backend: SpaBackend.loadBalancer(publicAlb(stack, { domain })) };
    }, [
      `'domain' must not have the names of the load balancer 'Stack/Alb', got "${HOST_NAME}" for both: they can point to one only, `
        + 'so give the load balancer AlbAccess.CLOUDFRONT_VPC_ORIGIN, or AlbAccess.CLOUDFRONT if it is deployed already',
    ], VIRGINIA);
  });

  test('whose certificate is for other names is refused, since it gets the site\'s', () => {
    expectProblems((stack) => ({
      domain: { domainName: HOST_NAME, alternativeNames: ['www.example.com'], hostedZone: zone(stack) },
      backend: SpaBackend.loadBalancer(privateAlb(stack, { domain: { domainName: HOST_NAME, hostedZone: zone(new Stack(stack, 'Other')) } })),
    }), [
      `'domain' must have names that the load balancer 'Stack/Alb' serves, which are "${HOST_NAME}", got "www.example.com" too: give both the same domain, or CloudFront answers 502`,
    ], VIRGINIA);
  });

  test('with a domain before a site without one is refused', () => {
    expectProblems((stack) => ({ backend: SpaBackend.loadBalancer(privateAlb(stack, { domain: { domainName: HOST_NAME, hostedZone: zone(stack) } })) }), [
      `'domain' must be given, because the load balancer 'Stack/Alb' has a certificate for "${HOST_NAME}" and CloudFront asks it for the site's name: give both the same domain`,
    ], VIRGINIA);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ readTimeout: Duration.minutes(3) }, "'backend.readTimeout' must be between 1 second and 2 minutes, got 3 minutes"],
    [{ keepaliveTimeout: Duration.millis(500) }, "'backend.keepaliveTimeout' must be between 1 second and 2 minutes, got 500 millis"],
    [{ readTimeout: 30 }, "'backend.readTimeout' must be a Duration between 1 second and 2 minutes, got 30: use Duration.seconds(30)"],
    [{ readTimeout: Duration.millis(1500) }, "'backend.readTimeout' must be in whole seconds, got 1 second 500 millis"],
    [{ keepaliveTimeout: TOKEN.seconds() },
      "'backend.keepaliveTimeout' must be known at synthesis, because the settings of CloudFront are computed from it: give it as a plain value, not as a token"],
    [['/api/*'] as any, "'backend' must be given its options as an object, got [\"/api/*\"]: e.g. { paths: ['/api/*'] }"],
    [{ paths: '/api/*' }, "'backend.paths' must be a list of path patterns, got \"/api/*\": e.g. ['/api/*', '/admin', '/admin/*']"],
  ])('with %j is refused', (options, message) => {
    expectProblems((stack) => ({ backend: SpaBackend.loadBalancer(privateAlb(stack), options) }), [message]);
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, "'backend' must be given a WafProtectedAlb, got \"nothing\": make one, or leave it out to have one made"],
    ['something else', 'alb', "'backend' must be given a WafProtectedAlb, got \"alb\": make one, or leave it out to have one made"],
  ])('that is %s is refused', (_, alb, message) => {
    expectProblems(() => ({ backend: SpaBackend.loadBalancer(alb as never) }), [message]);
  });

  test('an origin that is none is refused', () => {
    expectProblems(() => ({ backend: SpaBackend.origin('api.example.com' as never) }),
      ["'backend' must be given a cloudfront.IOrigin, got \"api.example.com\": e.g. new origins.HttpOrigin('api.example.com')"]);
  });
});

describe('values out of shape', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ backend: 'https://api.example.com' }, "'backend' must be a SpaBackend, got \"https://api.example.com\": use SpaBackend.loadBalancer(alb)"],
    [{ storage: 'bucket' }, "'storage' must be a FileStorage, got \"bucket\": make one"],
    [{ media: 'PUBLIC' }, "'media' must be a SpaMedia, got \"PUBLIC\": use SpaMedia.publiclyReadable() or SpaMedia.signed(keyGroup)"],
    [{ contentSecurityPolicy: "default-src 'self'" },
      "'contentSecurityPolicy' must be a SpaContentSecurityPolicy, got \"default-src 'self'\": use SpaContentSecurityPolicy.enforced({ 'connect-src': \"'self' https://…\" })"],
    [{ config: '{}' }, "'config' must be an object of strings, got \"{}\""],
    [{ config: { debug: true } }, "'config' must be an object of strings, got true for \"debug\": write \"true\""],
    [{ config: { limit: 5 } }, "'config' must be an object of strings, got 5 for \"limit\": write \"5\""],
    [{ responseHeaders: ['Permissions-Policy'] }, "'responseHeaders' must be an object of strings, got [\"Permissions-Policy\"]"],
    [{ pagePaths: '/packages/' }, "'pagePaths' must be a list of strings, got \"/packages/\": write [\"/packages/\"]"],
    [{ immutablePaths: '/fonts/*' }, "'immutablePaths' must be a list of strings, got \"/fonts/*\": write [\"/fonts/*\"]"],
    [{ strictTransportSecurityMaxAge: 365 }, "'strictTransportSecurityMaxAge' must be a Duration, got 365: use Duration.days(365)"],
    [{ accessLogExpiration: 90 }, "'accessLogExpiration' must be a Duration, got 90: use Duration.days(90)"],
    [{ accessLogBucket: 'logs' }, "'accessLogBucket' must be an s3.IBucket, got \"logs\": use s3.Bucket.fromBucketName(this, 'Bucket', 'my-bucket')"],
    [{ priceClass: 'all' }, "'priceClass' must be one of PriceClass.PRICE_CLASS_100, PriceClass.PRICE_CLASS_200, PriceClass.PRICE_CLASS_ALL, got \"all\""],
    [{ removalPolicy: 'keep' }, "'removalPolicy' must be one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got \"keep\""],
  ])('%j', (props, message) => {
    expectProblems(() => props, [message]);
  });
});

describe('values out of range', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ config: { key: '{{resolve:secretsmanager:shop:SecretString:key}}' } },
      "'config' must hold nothing secret, because everybody can read it, got a dynamic reference in \"key\": let the app ask the backend for it"],
    [{ pagePaths: ['/'] }, "'pagePaths' must hold beginnings of paths with '/' at both ends, e.g. '/packages/', and no tokens, got \"/\""],
    [{ pagePaths: ['/packages'] }, "'pagePaths' must hold beginnings of paths with '/' at both ends, e.g. '/packages/', and no tokens, got \"/packages\""],
    [{ pagePaths: ['/packages/*'] }, "'pagePaths' must hold beginnings of paths with '/' at both ends, e.g. '/packages/', and no tokens, got \"/packages/*\""],
    [{ immutablePaths: ['/*'] }, "'immutablePaths' must not hold \"/index.html\", \"/config.json\", got \"/*\": browsers would keep the first build for a year"],
    [{ immutablePaths: ['/*.json'] }, "'immutablePaths' must not hold \"/config.json\", got \"/*.json\": browsers would keep the first build for a year"],
    [{ immutablePaths: ['fonts/*'] }, "'immutablePaths' must hold patterns that begin with '/', e.g. '/fonts/*', got \"fonts/*\""],
    [{ media: SpaMedia.publiclyReadable() }, "'media' must be given with 'storage' only, which has the uploads"],
    [{ responseHeaders: { 'Content-Security-Policy': "default-src 'self'" } }, "'responseHeaders' must not hold \"Content-Security-Policy\": use 'contentSecurityPolicy'"],
    [{ responseHeaders: { 'x-frame-options': 'DENY' } },
      "'responseHeaders' must not hold \"x-frame-options\": give the directive frame-ancestors in 'contentSecurityPolicy'"],
    [{ responseHeaders: { 'Set-Cookie': 'a=b' } }, "'responseHeaders' must not hold \"Set-Cookie\": what CloudFront stores must not set cookies"],
    [{ responseHeaders: { 'X-XSS-Protection': '0' } },
      "'responseHeaders' must not hold \"X-XSS-Protection\": CloudFront refuses it here, and browsers look at it no more: 'contentSecurityPolicy' took its place"],
    [{ responseHeaders: { 'Access-Control-Allow-Origin': '*' } }, "'responseHeaders' must not hold \"Access-Control-Allow-Origin\": CloudFront refuses it here, "
      + 'and the files are for pages of the site itself, which need none'],
    [{ responseHeaders: { Via: '1.1 shop' } }, "'responseHeaders' must not hold \"Via\": it is CloudFront's own"],
    [{ responseHeaders: { 'Permissions Policy': 'camera=()' } }, "'responseHeaders' must hold names of headers, e.g. \"Permissions-Policy\", got \"Permissions Policy\""],
    [{ responseHeaders: { 'X-Team': 'a\nb' } }, "'responseHeaders' must hold values of printable ASCII characters on one line, got \"a\\nb\" for \"X-Team\""],
    [{ responseHeaders: { 'X-Team': 'a', 'x-team': 'b' } }, "'responseHeaders' must not name a header twice, got \"x-team\": case makes no difference"],
    [{ responseHeaders: Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`X-${index}`, 'a'])) },
      "'responseHeaders' must hold 8 headers at most, got 9: CloudFront takes 10 with those that are set already"],
    [{ contentSecurityPolicy: SpaContentSecurityPolicy.enforced({ 'conect-src': '*', 'img-src': 'self' }) },
      "'contentSecurityPolicy' cannot be used: \"conect-src\" is no directive: write \"connect-src\"\n"
        + "- 'contentSecurityPolicy' cannot be used: \"img-src\" must have its keywords in single quotes, got \"self\": write 'self'"],
    [{ webAcl: { rateLimit: 5 } }, "'webAcl.rateLimit' must be a whole number between 10 and 2000000000 requests in five minutes, got 5"],
    [{ webAcl: {}, existingWebAclArn: WEB_ACL_ARN }, "'webAcl' must not be given with 'existingWebAclArn': the settings are those of the existing web ACL"],
    [{ existingWebAclArn: 'arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shared/1' },
      "'existingWebAclArn' must be the ARN of a global web ACL of AWS WAF, arn:<partition>:wafv2:us-east-1:<account>:global/webacl/<name>/<id>, "
        + 'got "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shared/1": make one with WebAclScope.CLOUDFRONT in a stack in us-east-1'],
    [{ removalPolicy: RemovalPolicy.SNAPSHOT }, "'removalPolicy' must not be SNAPSHOT: a bucket has no snapshots; use RETAIN"],
  ])('%j', (props, message) => {
    expectProblems(() => props, [message], IRELAND);
  });

  test('a web ACL of its own needs a known region', () => {
    expectProblems(() => ({ webAcl: {} }), [
      "'webAcl' must be left out where the region of the stack is not known, because the web ACL is made in us-east-1: give the stack a region by env, or give 'existingWebAclArn'",
    ]);
  });

  const naming = (arn: string) => ({
    name: 'Partners',
    priority: 10,
    action: { block: {} },
    statement: { notStatement: { statement: { ipSetReferenceStatement: { arn } } } },
    visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'Partners' },
  });
  const addresses = (stack: Stack) => new wafv2.CfnIPSet(stack, 'Addresses', { scope: 'CLOUDFRONT', ipAddressVersion: 'IPV4', addresses: ['203.0.113.0/24'] });

  test.each<[string, Wrong, string]>([
    ['logs to', (stack) => ({ webAcl: { logs: WebAclLogs.s3(new LogBucket(stack, 'Logs').bucket) } }),
      "'webAcl.logs' must go to a bucket of a stack in \"us-east-1\", where the web ACL is made before this stack, got one of 'Stack': make a LogBucket in a stack there, or leave 'logs' out"],
    ['names', (stack) => ({ webAcl: { rules: [naming(addresses(stack).attrArn)] } }),
      "'webAcl.rules' must name what stands in \"us-east-1\", where the web ACL is made before this stack, but \"Partners\" names something of 'Stack': make that in a stack there"],
  ])('a web ACL that %s what comes after it is refused', (_, props, message) => {
    expectProblems(props, [message], IRELAND);
    expect(() => define(props, VIRGINIA)).not.toThrow();
  });

  test('a web ACL that logs to and names what a stack in us-east-1 has is made', () => {
    const app = new App();
    const there = new Stack(app, 'There', { env: VIRGINIA });
    const webAcl = { logs: WebAclLogs.s3(new LogBucket(there, 'Logs').bucket), rules: [naming(addresses(there).attrArn)] };
    new SpaDistribution(new Stack(app, 'Stack', { env: IRELAND }), 'Site', { source: SOURCE, webAcl });
    expect(() => app.synth()).not.toThrow();
  });

  test.each<[string, Wrong, string]>([
    ['encrypted with a key', (stack) => ({ accessLogBucket: new s3.Bucket(stack, 'Logs', { encryptionKey: new kms.Key(stack, 'Key'), objectOwnership: s3.ObjectOwnership.OBJECT_WRITER }) }),
      "'accessLogBucket' must not be encrypted with a KMS key, because CloudFront may not use it: give one with BucketEncryption.S3_MANAGED"],
    ['without access control lists', (stack) => ({ accessLogBucket: new s3.Bucket(stack, 'Logs') }),
      "'accessLogBucket' must have access control lists, by which CloudFront delivers: give it objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED, or leave it out to have one made"],
    ['with access control lists switched off', (stack) => ({ accessLogBucket: new s3.Bucket(stack, 'Logs', { objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED }) }),
      "'accessLogBucket' must have access control lists, by which CloudFront delivers: give it objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED, or leave it out to have one made"],
    ['in a region that CloudFront does not deliver to',
      (stack) => ({ accessLogBucket: s3.Bucket.fromBucketAttributes(stack, 'Logs', { bucketName: 'logs', region: 'eu-south-1' }) }),
      "'accessLogBucket' must be in a region that CloudFront delivers access logs to, got one in \"eu-south-1\": give one in another region, e.g. in \"us-east-1\""],
    ['with an expiration', (stack) => ({ accessLogBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'logs'), accessLogExpiration: Duration.days(30) }),
      "'accessLogExpiration' must not be given with 'accessLogBucket': add a lifecycle rule to your bucket instead"],
  ])('a log bucket %s is refused', (_, props, message) => {
    expectProblems(props, [message]);
  });

  test.each([s3.ObjectOwnership.OBJECT_WRITER, s3.ObjectOwnership.BUCKET_OWNER_PREFERRED])('a log bucket with %s is taken', (objectOwnership) => {
    expect(() => define((stack) => ({ accessLogBucket: new s3.Bucket(stack, 'Logs', { objectOwnership }) }))).not.toThrow();
  });

  test('uploads with signatures need the keys that made them', () => {
    expectProblems((stack) => ({ storage: new FileStorage(stack, 'Storage'), media: SpaMedia.signed() }),
      ["'media' must be given a key group at least, e.g. SpaMedia.signed(keyGroup): without one everybody could read the uploads"]);
    expectProblems((stack) => ({ storage: new FileStorage(stack, 'Storage'), media: SpaMedia.signed('key' as never) }),
      ["'media' must be given a list with a cloudfront.IKeyGroup as each element, got \"key\" as element 1: use new cloudfront.KeyGroup(this, 'KeyGroup', { items: [publicKey] })"]);
  });

  test('a domain without zone and certificate gets the steps for us-east-1', () => {
    expect(messageOf(() => define(() => ({ domain: { domainName: HOST_NAME } }), VIRGINIA))).toMatch(/'domain\.hostedZone' or .*--region us-east-1/s);
  });

  test('every broken rule is told at once', () => {
    expect(messageOf(() => define(() => ({ pagePaths: ['x'], immutablePaths: ['/*'], ...backend(['/*']) }))).split('\n- ')).toHaveLength(4);
  });
});

test('tokens pass', () => {
  expect(() => define(() => ({
    config: { bucket: TOKEN.string() },
    responseHeaders: { 'X-Stage': TOKEN.string() },
    existingWebAclArn: TOKEN.string(),
    strictTransportSecurityMaxAge: TOKEN.seconds(),
    accessLogExpiration: TOKEN.days(),
    logRetention: TOKEN.number(),
  }))).not.toThrow();
});

test('what is null counts as left out', () => {
  expect(() => define(() => ({ domain: null, config: null, backend: null, media: null, webAcl: null, pagePaths: null }))).not.toThrow();
});
