/**
 * The policy gate: CDK's template validation and cdk-nag's AwsSolutions pack on the example, on each
 * profile and on each construct alone. Fails on any finding that nobody acknowledged, on an
 * acknowledgement without a reason, and when there are more acknowledgements than the ceiling.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ShopStack } from '../examples/typescript/shop-stack';
import {
  CommandRunner, DeploymentProfile, DjangoImage, DjangoOnFargate, EntryPoint, FileStorage, Network, PrivateDatabase, ProcessDefinition, Release, SecretKey,
  WafProtectedAlb, WebService,
} from '../src';

/** Acknowledgements in the example: raise it only with the reason in the commit. */
const MOST_ACKNOWLEDGEMENTS = 28;
const IMAGE = DjangoImage.fromRegistry('registry.example.com/shop:1');

interface PluginReport {
  readonly violations?: { ruleName: string; description: string; violatingConstructs?: { constructPath?: string }[] }[];
}

const zone = (stack: Stack) => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z123', zoneName: 'example.com' });
const domain = (stack: Stack) => ({ domainName: 'shop.example.com', hostedZone: zone(stack) });
const subnet = (number: number) => `subnet-0123456789abcdef${number}`;
const givenVpc = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  vpcCidrBlock: '10.0.0.0/16',
  availabilityZones: ['a', 'b'],
  publicSubnetIds: [subnet(1), subnet(2)],
  privateSubnetIds: [subnet(3), subnet(4)],
  isolatedSubnetIds: [subnet(5), subnet(6)],
});
const givenCluster = (stack: Stack, vpc: ec2.IVpc) => ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'given', vpc });
const django = (profile: DeploymentProfile) => (stack: Stack) => new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', profile, domain: domain(stack) });

/** What is checked, each in an app of its own. */
const CASES: Record<string, (stack: Stack) => unknown> = {
  'PRODUCTION': django(DeploymentProfile.PRODUCTION),
  'STAGING': django(DeploymentProfile.STAGING),
  'DEVELOPMENT': django(DeploymentProfile.DEVELOPMENT),
  'no domain': (stack) => new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop' }),
  'Network': (stack) => new Network(stack, 'Network'),
  'PrivateDatabase': (stack) => new PrivateDatabase(stack, 'Database', { vpc: givenVpc(stack) }),
  'FileStorage': (stack) => new FileStorage(stack, 'Storage'),
  'SecretKey': (stack) => new SecretKey(stack, 'SecretKey'),
  'WafProtectedAlb': (stack) => new WafProtectedAlb(stack, 'Alb', { vpc: givenVpc(stack), domain: domain(stack) }),
  'WebService': (stack) => {
    const vpc = givenVpc(stack);
    const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, containerPort: 8000 });
    const web = new WebService(stack, 'Web', { cluster: givenCluster(stack, vpc), process });
    new WafProtectedAlb(stack, 'Alb', { vpc, domain: domain(stack) }).addTargetGroup(web.targetGroup);
  },
  'Release': (stack) => {
    const vpc = givenVpc(stack);
    const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, entryPoint: EntryPoint.releaseCommands() });
    new Release(stack, 'Release', { process, commands: [['migrate']], commandRunner: new CommandRunner(stack, 'Commands', { cluster: givenCluster(stack, vpc) }) });
  },
};

function templateFindings(app: App, outdir: string): string[] {
  try {
    app.synth();
  } catch (error) {
    return [(error as Error).message];
  }
  const report = join(outdir, 'validation-report.json');
  const reports: PluginReport[] = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).pluginReports : [];
  return reports.flatMap(({ violations = [] }) => violations.map(({ ruleName, description, violatingConstructs = [] }) =>
    `${ruleName}: ${description} (${violatingConstructs.map(({ constructPath }) => constructPath).join(', ')})`));
}

function nagFindings(app: App): string[] {
  return new AwsSolutionsChecks(app).validateScope(app).violations.flatMap(({ ruleName, description, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName}: ${description} (${constructPath})`));
}

function acknowledgements(app: App): { readonly id: string; readonly reason: unknown }[] {
  return app.node.findAll().flatMap((construct) => construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, unknown>).map(([id, reason]) => ({ id: `${construct.node.path} ${id}`, reason }))));
}

function check(name: string, define: (app: App) => unknown): boolean {
  const outdir = mkdtempSync(join(tmpdir(), 'policy-'));
  const app = new App({ outdir, context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  define(app);
  const findings = [...templateFindings(app, outdir), ...nagFindings(app)];
  rmSync(outdir, { recursive: true });
  const acknowledged = acknowledgements(app);
  acknowledged.filter(({ reason }) => typeof reason !== 'string' || reason.length < 20).forEach(({ id }) => findings.push(`no reason: ${id}`));
  if (acknowledged.length > MOST_ACKNOWLEDGEMENTS) {
    findings.push(`${acknowledged.length} acknowledgements, the ceiling is ${MOST_ACKNOWLEDGEMENTS}`);
  }
  console.log(`${findings.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${findings.length} findings, ${acknowledged.length} acknowledged`);
  findings.forEach((finding) => console.log(`       ${finding}`));
  return findings.length === 0;
}

const results = [
  check('example', (app) => new ShopStack(app, 'ShopStack')),
  ...Object.entries(CASES).map(([name, define]) => check(name, (app) => define(new Stack(app, 'Stack')))),
];
const passed = results.filter(Boolean).length;
console.log(`${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;
