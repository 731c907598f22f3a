/** System D of the five that the library must be able to replace: each test is a numbered line of it. */
import { Match } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { djangoOnEcs, ENVIRONMENTS } from './d-django-on-ecs';
import { passesTheGates, readDocs, System } from './system';
import { messageOf } from '../helpers';

const SITE = { domainName: 'app.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' };
const define = (app: App) => djangoOnEcs(app);
const dev = new System(define, { env: 'dev' });
const prod = new System(define, { env: 'prod', region: 'eu-central-1', imageTag: '4f2a9c1d0b7e', alertEmail: 'ops@example.com' });
const { network, data, application } = prod.made;
const { app } = application;
const { environment, secrets, image } = prod.containerOf(app.application);
const wanted = new System((root) => djangoOnEcs(root, {
  prod: {
    ...ENVIRONMENTS.prod,
    site: SITE,
    canary: true,
    aurora: { maxCapacityAcu: 2 },
  },
}), { env: 'prod', imageTag: '4f2a9c1d0b7e' });

const signIn = new System((root) => djangoOnEcs(root, {
  prod: {
    ...ENVIRONMENTS.prod,
    site: SITE,
    adminUsers: { userPoolId: 'eu-west-1_AbCdEfGhI', clientId: '1example23456789', domainPrefix: 'acme' },
  },
}), { env: 'prod', imageTag: '4f2a9c1d0b7e' });

describe('system D, Django on ECS in three stacks', () => {
  // The image that is built stands in for the system's own, and has another project.
  describe('for development', () => passesTheGates(dev, 'cdk-django-on-fargate:plain-http', 'cdk-django-on-fargate:settings-module'));
  describe('in production', () => passesTheGates(prod, 'cdk-django-on-fargate:plain-http'));
  describe('with all that is wanted', () => passesTheGates(wanted));

  test('1: network, data and application are stacks of their own, which refer in this direction only', () => {
    expect(prod.stacks.map(({ stackName }) => stackName)).toEqual(['NetworkStack-prod', 'DataStack-prod', 'AppStack-prod']);
    expect(network.dependencies).toEqual([]);
    expect(data.dependencies).toEqual([network]);
    expect(application.dependencies.every((stack) => [network, data].includes(stack as typeof network))).toBe(true);
  });

  test('1: so with references by exports and imports, too', () => {
    const strong = new System(define, { 'env': 'prod', '@aws-cdk/core:defaultCrossStackReferences': 'strong' });
    expect(JSON.stringify(strong.templateOf(strong.made.application).toJSON())).toContain('Fn::ImportValue');
    expect(JSON.stringify(strong.templateOf(strong.made.network).toJSON())).not.toContain('Fn::ImportValue');
  });

  test('2: zones by name, /26 for the public subnets, /22 for the private ones', () => {
    const blocks = prod.all('AWS::EC2::Subnet').map(({ AvailabilityZone, CidrBlock }) => [AvailabilityZone, (CidrBlock as string).split('/')[1]]);
    expect(blocks).toEqual([
      ['eu-central-1a', '26'], ['eu-central-1b', '26'], ['eu-central-1a', '22'], ['eu-central-1b', '22'], ['eu-central-1a', '26'], ['eu-central-1b', '26'],
    ]);
  });

  test('3: a NAT instance for development, reached by Session Manager and by no SSH', () => {
    const template = dev.templateOf(dev.made.network);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    const [instance] = dev.all('AWS::EC2::Instance');
    expect(instance).not.toHaveProperty('KeyName');
    template.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['ssmmessages:OpenDataChannel']) })]) } });
    // Whatever comes in comes from inside of the network.
    const ingress = dev.all('AWS::EC2::SecurityGroup').flatMap(({ SecurityGroupIngress = [] }) => SecurityGroupIngress as Record<string, unknown>[]);
    expect(ingress.filter(({ IpProtocol }) => IpProtocol === '-1')).toMatchObject([{ CidrIp: '10.0.0.0/16' }]);
    expect(ingress.filter(({ FromPort }) => FromPort === 22)).toEqual([]);
  });

  test('4: a load balancer with health checks, autoscaling on CPU, memory and requests per target', () => {
    expect(prod.propertiesOf(app.web.targetGroup)).toMatchObject({ HealthCheckPath: '/health/', Matcher: { HttpCode: '200' } });
    const aims = [['ECSServiceAverageCPUUtilization', 60], ['ECSServiceAverageMemoryUtilization', 70], ['ALBRequestCountPerTarget', 1000]];
    const template = prod.templateOf(application);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', aims.length);
    aims.forEach(([PredefinedMetricType, TargetValue]) => template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: { PredefinedMetricSpecification: { PredefinedMetricType }, TargetValue },
    }));
  });

  test('5: RDS with IAM and no password in the application, protected, retained, with a replica to read from', () => {
    expect(prod.resourceOf(data.database.instance!)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { Engine: 'postgres', DBName: 'app', EnableIAMDatabaseAuthentication: true, DeletionProtection: true, PubliclyAccessible: false },
    });
    expect(environment).toMatchObject({ DB_AUTHENTICATION: 'iam', DB_USER: 'app_user' });
    expect(Object.keys({ ...environment, ...secrets })).not.toContain('DB_PASSWORD');
    expect(prod.statementsOf(app.application.taskRole)).toContainEqual(expect.objectContaining({ Action: 'rds-db:connect' }));
    expect(data.database.replicas).toHaveLength(1);
    expect(environment).toHaveProperty('DB_REPLICA_HOST');
    expect(dev.made.data.database.replicas).toHaveLength(0);
    expect(dev.resourceOf(dev.made.data.database.instance!)).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtection: false } });
  });

  test('6, better: app_user and the other roles are made by psql in a task before each release, with the administrator\'s secret; there is no Lambda in the VPC', () => {
    const [preparation] = app.preparations;
    const container = prod.containerOf(preparation.process);
    expect(container.environment).toMatchObject({ PREPARE_APPLICATION: 'app_user', PREPARE_IAM: 'true' });
    expect(Object.keys(container.secrets)).toEqual(expect.arrayContaining(['PGUSER', 'PGPASSWORD']));
    expect(prod.resourceOf(app.release.customResource).DependsOn).toContain(prod.idOf(preparation.customResource));
    prod.all('AWS::Lambda::Function').forEach((handler) => expect(handler).not.toHaveProperty('VpcConfig'));
  });

  test('7: the image is built for development and a published tag elsewhere, by -c imageTag; -c env and -c region choose', () => {
    expect(JSON.stringify(dev.containerOf(dev.made.application.app.application).image)).toContain('/cdk-hnb659fds-container-assets-');
    expect(JSON.stringify(image)).toContain('/django-on-ecs:4f2a9c1d0b7e');
    expect(application.region).toBe('eu-central-1');
    expect(dev.made.application.region).toBe('eu-west-1');
    expect(messageOf(() => djangoOnEcs(new App({ context: { env: 'production' } })))).toBe("Context 'env' must be one of dev, test, prod, got 'production'");
  });

  test('7: without -c imageTag a deployment takes what the pipeline wrote last', () => {
    const test = new System(define, { env: 'test' });
    test.templateOf(test.made.application).hasParameter('*', { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/django-on-ecs/test/image-tag' });
  });

  test('7: exactly one environment owns the repository that all share', () => {
    const owners = Object.keys(ENVIRONMENTS).filter((env) => new System(define, { env }).all('AWS::ECR::Repository').length === 1);
    expect(owners).toEqual(['dev']);
  });

  test('8: alarms on log lines, CPU, memory and 5xx, by mail to alertEmail', () => {
    const template = prod.templateOf(application);
    const topic = application.resolve(app.alarmTopic!.topicArn);
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com', TopicArn: topic });
    template.hasResourceProperties('AWS::Logs::MetricFilter', { FilterPattern: '?"ERROR" ?"CRITICAL"', LogGroupName: application.resolve(app.application.logGroup.logGroupName) });
    ['AppStack-prodErrors', 'CPUUtilization', 'MemoryUtilization', 'HTTPCode_Target_5XX_Count'].forEach((MetricName) =>
      template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, AlarmActions: [topic] }));
  });

  test('9: the pipeline of one environment of one repository may assume a role that may do what cdk deploy does, and push images', () => {
    const { AssumeRolePolicyDocument } = prod.propertiesOf(network.deployRole) as { AssumeRolePolicyDocument: { Statement: unknown } };
    expect(AssumeRolePolicyDocument.Statement).toMatchObject([{
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': 'repo:acme/django-on-ecs:environment:prod',
        },
      },
    }]);
    const statements = prod.statementsOf(network.deployRole);
    expect(statements.flatMap(({ Action }) => Action)).toEqual(expect.arrayContaining(['sts:AssumeRole', 'ecr:PutImage']));
    expect(statements.filter(({ Resource }) => Resource === '*').map(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken']);
  });

  test('9: tags are the first twelve characters of the commit, and latest', () => {
    expect(readDocs('docs', 'pipelines.md')).toContain('${GITHUB_SHA::12}');
    expect(dev.all('AWS::ECR::Repository')).toMatchObject([{ ImageTagMutabilityExclusionFilters: [{ ImageTagMutabilityExclusionFilterValue: 'latest' }] }]);
  });

  test('10: development costs as little as it can', () => {
    expect(dev.propertiesOf(dev.made.data.database.instance!)).toMatchObject({ DBInstanceClass: 'db.t4g.micro', MultiAZ: false, AllocatedStorage: '20' });
    expect(dev.propertiesOf(dev.made.application.app.application.taskDefinition)).toMatchObject({ Cpu: '256', Memory: '512' });
    dev.templateOf(dev.made.application).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1 });
  });

  test('10, wanted: name and certificate, Aurora, a canary that goes back when requests fail', () => {
    const { made } = wanted;
    const template = wanted.templateOf(made.application);
    template.hasResourceProperties('AWS::CertificateManager::Certificate', { DomainName: 'app.example.com' });
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'app.example.com.', Type: 'A' });
    expect(wanted.propertiesOf(made.data.database.cluster!)).toMatchObject({ Engine: 'aurora-postgresql', ServerlessV2ScalingConfiguration: { MaxCapacity: 2 } });
    expect(wanted.propertiesOf(made.application.app.web.service)).toMatchObject({
      DeploymentConfiguration: {
        Strategy: 'CANARY', CanaryConfiguration: { CanaryPercent: 10 }, Alarms: { Enable: true, Rollback: true },
      },
    });
  });

  test('10, wanted: Cognito in front of the admin, and of nothing else', () => {
    const stack = signIn.made.application;
    const { web, loadBalancer } = stack.app;
    const TargetGroupArn = stack.resolve(web.targetGroup.targetGroupArn);
    signIn.templateOf(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/admin/*'] } }],
      Actions: [Match.objectLike({ Type: 'authenticate-cognito', Order: 1 }), Match.objectLike({ Type: 'forward', TargetGroupArn, Order: 2 })],
    });
    expect(signIn.propertiesOf(loadBalancer.listener)).toMatchObject({ DefaultActions: [{ Type: 'forward', TargetGroupArn }] });
  });
});
