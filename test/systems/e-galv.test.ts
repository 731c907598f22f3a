/**
 * System E of the five that the library must be able to replace: each test is a numbered line of it.
 *
 * Of the keys of line 1, projectNameTag is asserted at 4, isRoute53Domain and certificateArn at 5, mailFromUser and mailFromDomain at 7. One has no equivalent
 * on purpose, `frontendSecretsName` (and its keys): the front end is files that everybody reads.
 */
import { join } from 'path';
import { Match } from 'aws-cdk-lib/assertions';
import { App, CfnResource, TagManager } from 'aws-cdk-lib/core';
import { galv } from './e-galv';
import { passesTheGates, readDocs, System } from './system';
import { messageOf } from '../helpers';
import { SpaSource } from 'cdk-django-on-fargate';

const CDK_JSON = {
  name: 'galv-prod',
  projectNameTag: 'galv',
  backendVersion: 'v2.1.0',
  frontendVersion: 'v1.4.0',
  domainName: 'example.com',
  mailFromUser: 'galv',
  mailFromDomain: 'mail.example.com',
  alarmEmail: 'ops@example.com',
};
const FRONT_END = SpaSource.directory(join(__dirname, 'front-end'));
const ENV = { account: '123456789012', region: 'eu-west-2' };
const define = (app: App) => galv(app, FRONT_END, ENV);
const systemOf = (context: Record<string, unknown>) => new System(define, { ...CDK_JSON, ...context });

const system = systemOf({
  backendEnvironment: { DJANGO_LOG_LEVEL: 'INFO' },
  backendSecretsName: 'galv/backend',
  backendSecretsKeys: ['SENTRY_DSN', 'LDAP_PASSWORD'],
  frontendEnvironment: { apiUrl: 'https://api.example.com' },
});
const { galv: app, deployRole, logs } = system.made;
const template = system.templateOf(app);
const { environment, secrets, image } = system.containerOf(app.application);
const development = systemOf({ isProduction: false });

describe('system E, Galv: one app whose settings stand in cdk.json', () => {
  describe('in production', () => passesTheGates(system));
  describe('for development', () => passesTheGates(development));

  test('1, name: of the stack', () => expect(system.made.stackName).toBe('galv-prod'));

  test('1, backendVersion: tag of the image', () => expect(image).toBe('ghcr.io/galv-team/galv-backend:v2.1.0'));

  test('1, frontendVersion and frontendEnvironment: config.json, which the front end reads when it starts', () => {
    template.hasResourceProperties('Custom::SpaFiles', { Config: Match.serializedJson({ apiUrl: 'https://api.example.com', version: 'v1.4.0' }) });
  });

  test('1, isProduction: what is kept, protection, debugging, ECS Exec', () => {
    [[system, true], [development, false]].forEach(([its, isProduction]) => {
      const { made: { galv: made } } = its as typeof system;
      const of = (its as typeof system);
      expect(of.propertiesOf(made.database!.instance!)).toMatchObject({ DeletionProtection: isProduction });
      expect(of.resourceOf(made.database!.instance!).DeletionPolicy).toBe(isProduction ? 'RetainExceptOnCreate' : 'Delete');
      expect(of.propertiesOf(made.web.service)).toMatchObject({ EnableExecuteCommand: !isProduction });
      expect(of.containerOf(made.application).environment).toMatchObject({ DJANGO_DEBUG: isProduction ? 'false' : 'true' });
      expect(of.propertiesOf(made.application.logGroup)).toMatchObject({ RetentionInDays: isProduction ? 90 : 7 });
    });
  });

  test.each([true, false])('1, removalProtection %s: overrides isProduction, on the command line too', (removalProtection) => {
    const its = systemOf({ isProduction: String(!removalProtection), removalProtection: String(removalProtection) });
    const { database, secretKey, loadBalancer } = its.made.galv;
    expect(its.propertiesOf(database!.instance!)).toMatchObject({ DeletionProtection: removalProtection });
    expect(JSON.stringify(its.propertiesOf(loadBalancer.loadBalancer))).toContain(`{"Key":"deletion_protection.enabled","Value":"${removalProtection}"}`);
    [database!.instance!, secretKey!.secret!].forEach((kept) => expect(its.resourceOf(kept).DeletionPolicy).toBe(removalProtection ? 'RetainExceptOnCreate' : 'Delete'));
  });

  test('1, backendEnvironment: variables of every process of the project', () => expect(environment).toMatchObject({ DJANGO_LOG_LEVEL: 'INFO' }));

  test('1, backendSecretsName and backendSecretsKeys: secrets of one name', () => {
    ['SENTRY_DSN', 'LDAP_PASSWORD'].forEach((key) => expect(JSON.stringify(secrets[key])).toMatch(new RegExp(`:secret:galv/backend:${key}::`)));
  });

  test('1, frontendSecretsName, better: an error, because everybody reads the files of a front end', () => {
    expect(messageOf(() => systemOf({ frontendSecretsName: 'galv/frontend' }))).toMatch(/^Context 'frontendSecretsName' must be left out: /);
  });

  test('1, monitorIntervalMinutes: time between two validations, 0 disables them', () => {
    const [schedule] = system.all('AWS::Scheduler::Schedule');
    expect(schedule).toMatchObject({ ScheduleExpression: 'rate(5 minutes)' });
    // It has ended when the next one begins.
    expect(JSON.stringify(schedule.Target)).toMatch(/timeoutSeconds[^\d]*240\b/i);
    expect(systemOf({ monitorIntervalMinutes: 30 }).all('AWS::Scheduler::Schedule')).toMatchObject([{ ScheduleExpression: 'rate(30 minutes)' }]);
    expect(systemOf({ monitorIntervalMinutes: 0 }).all('AWS::Scheduler::Schedule')).toEqual([]);
  });

  test('1, frontendSubdomain, backendSubdomain, domainName: a name for each', () => {
    ['api.example.com.', 'www.example.com.'].forEach((Name) => template.hasResourceProperties('AWS::Route53::RecordSet', { Name, Type: 'A' }));
    expect(environment).toMatchObject({ DJANGO_ALLOWED_HOSTS: 'api.example.com', CORS_ALLOWED_ORIGINS: 'https://www.example.com' });
    expect(environment.CSRF_TRUSTED_ORIGINS).toBe('https://api.example.com,https://www.example.com');
  });

  test('1, enableContainerInsights: as isProduction says, unless it is given', () => {
    const insightsOf = (its: typeof system) => its.propertiesOf(its.made.galv.cluster).ClusterSettings;
    const settings = (Value: string) => [{ Name: 'containerInsights', Value }];
    expect([system, development, systemOf({ isProduction: false, enableContainerInsights: true })].map(insightsOf)).toEqual([
      settings('enabled'), settings('disabled'), settings('enabled'),
    ]);
  });

  test('1, smtpSecretName: credentials that are there already, and no new ones', () => {
    const its = systemOf({ smtpSecretName: 'galv/smtp' });
    const container = its.containerOf(its.made.galv.application);
    expect(container.environment).toMatchObject({ EMAIL_HOST: 'email-smtp.eu-west-2.amazonaws.com', DEFAULT_FROM_EMAIL: 'galv@mail.example.com' });
    expect(container.secrets.EMAIL_HOST_PASSWORD).toEqual(expect.stringMatching(/:secret:galv\/smtp:password::$/));
    expect(its.all('AWS::IAM::User')).toEqual([]);
  });

  test('2: migrate, superuser and loaddata run once per deployment, before the new version', () => {
    const steps = ['migrate --noinput', '--superuser', 'loaddata reference_data'].map((step) => app.release.command.join(' ').indexOf(step));
    expect(steps.every((step) => step >= 0)).toBe(true);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(system.resourceOf(app.web.service).DependsOn).toContain(system.idOf(app.release.customResource));
  });

  test('2: check_status --json runs after each deployment, which goes back when it fails, and on demand', () => {
    template.hasResourceProperties('Custom::DjangoRolloutCheck', { Command: ['python', 'manage.py', 'check_status', '--json'] });
    expect(system.outputOf(app, 'ManageRun')).toBeDefined();
  });

  test('3: health checks of /health/; the front end, static files and uploads are in S3, the first two behind CloudFront', () => {
    expect(system.propertiesOf(app.web.targetGroup)).toMatchObject({ HealthCheckPath: '/health/' });
    expect(system.all('AWS::CloudFront::Distribution').flatMap(({ DistributionConfig }) => (DistributionConfig as { Origins: object[] }).Origins))
      .toEqual([expect.objectContaining({ S3OriginConfig: expect.anything() }), expect.objectContaining({ S3OriginConfig: expect.anything() })]);
    expect(environment).toMatchObject({ AWS_STORAGE_BUCKET_NAME: system.made.resolve(app.storage!.mediaBucket.bucketName) });
  });

  test('3: the front end may call the API, and the API answers it: by its content security policy and by CORS', () => {
    const [{ ResponseHeadersPolicyConfig: headers }] = system.all('AWS::CloudFront::ResponseHeadersPolicy');
    expect(JSON.stringify(headers)).toMatch(/connect-src [^;]*https:\/\/api\.example\.com/);
    expect(environment).toMatchObject({ CORS_ALLOWED_ORIGINS: 'https://www.example.com' });
  });

  test('4: every resource that can have tags has project-name', () => {
    const taggable = system.stacks.flatMap((stack) => stack.node.findAll()).filter(CfnResource.isCfnResource).filter((resource) => TagManager.of(resource));
    expect(taggable.length).toBeGreaterThan(50);
    expect(taggable.filter((resource) => !JSON.stringify(system.propertiesOf(resource)).includes('"project-name"')).map(({ node }) => node.path)).toEqual([]);
  });

  test('5: certificates are made and validated in Route 53, that of CloudFront in us-east-1, whatever the region', () => {
    const certificates = system.stacks
      .map((stack) => [stack.region, Object.values(system.templateOf(stack).findResources('AWS::CertificateManager::Certificate')).map(({ Properties }) => Properties)]);
    expect(certificates).toEqual([
      ['eu-west-2', [expect.objectContaining({ DomainName: 'api.example.com', ValidationMethod: 'DNS' })]],
      ['us-east-1', [expect.objectContaining({ DomainName: 'www.example.com', ValidationMethod: 'DNS' })]],
    ]);
  });

  test('5: without Route 53 an existing certificate is used; without that there is an error that says how to get one', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab';
    const inUsEast1 = (context: object) =>
      new System((root) => galv(root, FRONT_END, { ...ENV, region: 'us-east-1' }), { ...CDK_JSON, isRoute53Domain: false, ...context });
    const existing = inUsEast1({ certificateArn });
    expect(existing.all('AWS::CertificateManager::Certificate')).toEqual([]);
    expect(existing.propertiesOf(existing.made.galv.loadBalancer.listener)).toMatchObject({ Certificates: [{ CertificateArn: certificateArn }] });
    expect(existing.propertiesOf(existing.made.galv.spa!.distribution)).toMatchObject({
      DistributionConfig: { ViewerCertificate: { AcmCertificateArn: certificateArn } },
    });

    const message = messageOf(() => inUsEast1({}));
    expect(message).toMatch(/^DjangoOnFargate at 'galv-prod\/Galv' cannot be defined:/);
    expect(message).toContain('aws acm request-certificate');
  });

  test('6: a web ACL on the load balancer; its logs, those of the load balancer and of the network are in one bucket', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', { ResourceArn: system.made.resolve(app.loadBalancer.loadBalancer.loadBalancerArn) });
    const bucket = system.made.resolve(logs.bucket.bucketArn);
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', { LogDestinationConfigs: [bucket] });
    template.hasResourceProperties('AWS::EC2::FlowLog', { LogDestinationType: 's3', LogDestination: { 'Fn::Join': ['', [bucket, '/vpc-flow-logs/']] } });
    expect(system.propertiesOf(app.loadBalancer.loadBalancer).LoadBalancerAttributes)
      .toContainEqual({ Key: 'access_logs.s3.bucket', Value: system.made.resolve(logs.bucket.bucketName) });
  });

  test('7: mail goes by SES with the credentials of a user that may send from <mailFromUser>@<mailFromDomain> only', () => {
    expect(environment).toMatchObject({ DEFAULT_FROM_EMAIL: 'galv@mail.example.com', EMAIL_HOST: system.made.resolve(app.email!.host) });
    expect(secrets).toHaveProperty('EMAIL_HOST_PASSWORD');
    const sending = system.all('AWS::IAM::Policy').filter(({ Users }) => Users).map(({ PolicyDocument }) => JSON.stringify(PolicyDocument));
    expect(sending).toEqual([expect.stringContaining('"ses:FromAddress":["galv@mail.example.com"]')]);
  });

  test('8: the tag is latest unless cdk.json says otherwise, which is warned about', () => {
    const { backendVersion: _, ...unversioned } = CDK_JSON;
    const its = new System(define, unversioned);
    expect(its.containerOf(its.made.galv.application).image).toBe('ghcr.io/galv-team/galv-backend:latest');
    expect(its.warnings).toContainEqual(expect.stringMatching(/latest/));
  });

  test('9: GitHub deploys by a role that may assume the roles of cdk deploy in its regions and nothing else', () => {
    expect(JSON.stringify(system.propertiesOf(deployRole).AssumeRolePolicyDocument)).toContain('repo:galv-team/galv-cdk:environment:galv-prod');
    const [statement, ...others] = system.statementsOf(deployRole);
    expect(others).toEqual([]);
    expect(statement.Action).toBe('sts:AssumeRole');
    (statement.Resource as string[]).forEach((arn) => expect(JSON.stringify(arn)).toMatch(/:role\/cdk-hnb659fds-[a-z-]+-role-123456789012-(eu-west-2|us-east-1)/));
    expect(readDocs('docs', 'pipelines.md')).toContain('aws-actions/configure-aws-credentials');
  });
});
