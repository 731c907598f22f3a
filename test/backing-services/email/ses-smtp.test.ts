import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { SesSmtp } from '../../../src/backing-services/email/ses-smtp';
import { DmarcPolicy, SesSmtpProps } from '../../../src/backing-services/email/ses-smtp-props';
import { fromPython, givenVpc, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';
import { RecordingProcess } from '../recording-process';

const SENDER = 'Shop <shop@example.com>';

const givenZone = (stack: Stack) => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });

function define(props: Partial<SesSmtpProps> = {}, stack = newStack()): { stack: Stack; mail: SesSmtp; template: Template } {
  const mail = new SesSmtp(stack, 'Mail', { fromAddress: SENDER, ...props });
  return { stack, mail, template: Template.fromStack(stack) };
}

function inZone(props: Partial<SesSmtpProps> = {}): ReturnType<typeof define> {
  const stack = newStack();
  return define({ hostedZone: givenZone(stack), ...props }, stack);
}

/** An ARN of SES in the stack's account and region. */
const arn = (resource: unknown[]) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ...resource]],
});
const identityArn = (name: string) => arn([`:identity/${name}`]);
const HOST = { 'Fn::Join': ['', ['email-smtp.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] };

/** The rights of whom a policy of the template belongs to, by the name of the principal's list. */
function statements(template: Template, list: 'Users' | 'Roles'): unknown[] {
  return Object.values(template.findResources('AWS::IAM::Policy', { Properties: { [list]: Match.anyValue() } }))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

function outputsOf(template: Template): Record<string, { Description: string; Value: unknown }> {
  const outputs = template.toJSON().Outputs as Record<string, { Description: string; Value: unknown }>;
  return Object.fromEntries(Object.entries(outputs ?? {}).map(([id, output]) => [id.replace(/^Mail(.*).{8}$/, '$1'), output]));
}

/** The records of a template by name and type. */
function recordsOf(template: Template): string[] {
  return Object.values(template.findResources('AWS::Route53::RecordSet'))
    .map(({ Properties: { Name, Type, ResourceRecords } }) => `${JSON.stringify(Name)} ${Type} ${JSON.stringify(ResourceRecords)}`);
}

describe('in Route 53', () => {
  const { stack, mail, template } = inZone();
  const configurationSet = stack.resolve(mail.configurationSet.configurationSetName);

  test('makes 18 resources, one of them a Lambda function', () => {
    expect(Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type).sort()).toEqual([
      'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::User', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup',
      ...Array(6).fill('AWS::Route53::RecordSet'), 'AWS::SES::ConfigurationSet', 'AWS::SES::ConfigurationSetEventDestination', 'AWS::SES::EmailIdentity',
      'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'AWS::SecretsManager::Secret', 'Custom::SesSmtpCredentials',
    ]);
  });

  test('makes an identity for the zone, which uses the configuration set and never blocks mail for want of the MAIL FROM record', () => {
    expect(mail.identityName).toBe('example.com');
    template.hasResourceProperties('AWS::SES::EmailIdentity', {
      EmailIdentity: 'example.com',
      ConfigurationSetAttributes: { ConfigurationSetName: configurationSet },
      MailFromAttributes: { MailFromDomain: 'mail.example.com', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' },
    });
  });

  test('makes the records for DKIM, MAIL FROM and DMARC', () => {
    const identity = stack.resolve(mail.identity!.emailIdentityName).Ref;
    const dkim = (number: number) => {
      const name = { 'Fn::Join': ['', [{ 'Fn::GetAtt': [identity, `DkimDNSTokenName${number}`] }, '.']] };
      return `${JSON.stringify(name)} CNAME ${JSON.stringify([{ 'Fn::GetAtt': [identity, `DkimDNSTokenValue${number}`] }])}`;
    };
    expect(recordsOf(template)).toEqual([
      dkim(1), dkim(2), dkim(3),
      '"mail.example.com." MX [{"Fn::Join":["",["10 feedback-smtp.",{"Ref":"AWS::Region"},".amazonses.com"]]}]',
      '"mail.example.com." TXT ["\\"v=spf1 include:amazonses.com ~all\\""]',
      '"_dmarc.example.com." TXT ["\\"v=DMARC1; p=none;\\""]',
    ]);
    template.allResourcesProperties('AWS::Route53::RecordSet', { HostedZoneId: 'Z1' });
  });

  // Mail to a server without TLS arrives; to demand TLS would lose it without anybody being told.
  test('delivers over TLS where it is taken, and not again where it bounced or was complained of', () => {
    template.hasResourceProperties('AWS::SES::ConfigurationSet', {
      Name: Match.absent(),
      DeliveryOptions: { TlsPolicy: 'OPTIONAL' },
      ReputationOptions: { ReputationMetricsEnabled: true },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
  });

  test('publishes bounces, complaints and rejections to a topic that takes them from this configuration set only, over TLS', () => {
    const topic = stack.resolve(mail.feedbackTopic!.topicArn);
    template.hasResource('AWS::SES::ConfigurationSetEventDestination', {
      Properties: {
        ConfigurationSetName: configurationSet,
        EventDestination: { Enabled: true, MatchingEventTypes: ['bounce', 'complaint', 'reject'], SnsDestination: { TopicARN: topic } },
      },
      // SES tries the topic at once.
      DependsOn: Object.keys(template.findResources('AWS::SNS::TopicPolicy')),
    });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [topic],
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'ses.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: topic,
            Condition: {
              StringEquals: { 'AWS:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'AWS:SourceArn': arn([':configuration-set/', configurationSet]) },
            },
          }),
        ],
      },
    });
  });

  test('lets the user send from the sender only, by this identity and configuration set only', () => {
    expect(statements(template, 'Users')).toEqual([
      {
        Effect: 'Allow',
        Action: 'ses:SendRawEmail',
        Resource: identityArn('example.com'),
        Condition: { StringEqualsIgnoreCase: { 'ses:FromAddress': ['shop@example.com'] } },
      },
      { Effect: 'Allow', Action: 'ses:SendRawEmail', Resource: arn([':configuration-set/', configurationSet]) },
    ]);
    template.resourceCountIs('AWS::IAM::AccessKey', 0);
  });

  test('lets the handler make keys of this user and write this secret, and nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [{
        PolicyName: 'Credentials',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:ListAccessKeys'], Resource: stack.resolve(mail.user.userArn) },
            {
              Effect: 'Allow',
              Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
              Resource: stack.resolve(mail.secret.secretArn),
            },
            { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: stack.resolve(mail.handlerLogs.logGroupArn) },
          ],
        },
      }],
      ManagedPolicyArns: Match.absent(),
    });
    expect(statements(template, 'Roles')).toEqual([]);
  });

  test('tells the handler the same by the custom resource and by its environment', () => {
    const userName = stack.resolve(mail.user.userName);
    template.hasResource('Custom::SesSmtpCredentials', {
      Properties: {
        ServiceToken: stack.resolve(mail.handler.functionArn),
        ServiceTimeout: '420',
        ConstructPath: 'Stack/Mail/Smtp',
        UserName: userName,
        SecretArn: stack.resolve(mail.secret.secretArn),
        Region: { Ref: 'AWS::Region' },
        Host: HOST,
        Port: '587',
      },
      // Whoever starts after the credentials can send with them.
      DependsOn: Object.keys(template.findResources('AWS::IAM::Policy')),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'smtp-credentials/index.handler',
      Runtime: 'python3.14',
      Architectures: ['arm64'],
      MemorySize: 256,
      Timeout: 300,
      LoggingConfig: { LogGroup: stack.resolve(mail.handlerLogs.logGroupName) },
      Environment: { Variables: { USER_NAME: userName, SMTP_HOST: HOST, SMTP_PORT: '587', REGION: { Ref: 'AWS::Region' } } },
    });
  });

  test('answers CloudFormation before it gives up waiting', () => {
    const [{ Properties: { Timeout } }] = Object.values(template.findResources('AWS::Lambda::Function'));
    const [{ Properties: { ServiceTimeout } }] = Object.values(template.findResources('Custom::SesSmtpCredentials'));
    expect(Number(ServiceTimeout)).toBeGreaterThan(Timeout + 59);
  });

  // A change of the secret makes CloudFormation overwrite the credentials; a moved id makes a new identity, whose DNS must be found anew.
  test('keeps the logical ids of what must not be replaced, and what the secret holds at first', () => {
    const ids = (type: string) => Object.keys(template.findResources(type));
    expect([...ids('AWS::SES::EmailIdentity'), ...ids('AWS::SES::ConfigurationSet'), ...ids('AWS::SNS::Topic'), ...ids('AWS::IAM::User')]).toEqual(
      ['MailIdentity4EC7C521', 'MailConfigurationSet2AA84368', 'MailFeedbackTopic4C399EBE', 'MailSmtpUser5371E83A']);
    expect(template.findResources('AWS::SecretsManager::Secret')).toEqual({
      MailSmtpSecret1803E080: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: { Description: 'SMTP credentials of Mail/Smtp', GenerateSecretString: {} },
        DeletionPolicy: 'Delete',
        UpdateReplacePolicy: 'Delete',
      },
    });
  });

  test('keeps what other senders of the domain need; the credentials go with the stack', () => {
    const kept = ['AWS::SES::EmailIdentity', 'AWS::SES::ConfigurationSet', 'AWS::SES::ConfigurationSetEventDestination', 'AWS::Route53::RecordSet',
      'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'AWS::Logs::LogGroup'];
    kept.forEach((type) => template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }));
    const rest = Object.values(template.toJSON().Resources as Record<string, { Type: string; DeletionPolicy?: string }>)
      .filter(({ Type }) => !kept.includes(Type));
    expect(rest.filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete')).toEqual([]);
  });

  test('says how to leave the sandbox, and has no records to enter', () => {
    expect(outputsOf(template)).toEqual({
      ProductionAccess: {
        Description: 'Run once for each account and region: until AWS agrees, SES sends to verified addresses only (sandbox). State: aws sesv2 get-account',
        Value: {
          'Fn::Join': ['', ['aws sesv2 put-account-details --region ', { Ref: 'AWS::Region' },
            ' --production-access-enabled --mail-type TRANSACTIONAL --website-url <URL of your site>']],
        },
      },
    });
  });
});

test('elsewhere, each record is an output that says what to enter', () => {
  const { stack, mail, template } = define();
  const identity = stack.resolve(mail.identity!.emailIdentityName).Ref;
  const dkim = (number: number) => ({
    'Fn::Join': ['', [{ 'Fn::GetAtt': [identity, `DkimDNSTokenName${number}`] }, ' CNAME ', { 'Fn::GetAtt': [identity, `DkimDNSTokenValue${number}`] }]],
  });
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
  expect(Object.entries(outputsOf(template)).filter(([id]) => id.startsWith('DnsRecords')).map(([id, { Description, Value }]) => [id, Description, Value]))
    .toEqual([
      ...[1, 2, 3].map((number) => [`DnsRecordsDkim${number}`,
        'Enter at your DNS provider (name, type, value): DKIM; SES sends for example.com when it finds all three', dkim(number)]),
      ['DnsRecordsMailFromMx', 'Enter at your DNS provider (name, type, value): MAIL FROM, for bounces',
        { 'Fn::Join': ['', ['mail.example.com MX 10 feedback-smtp.', { Ref: 'AWS::Region' }, '.amazonses.com']] }],
      ['DnsRecordsMailFromSpf', 'Enter at your DNS provider (name, type, value): MAIL FROM, for SPF',
        'mail.example.com TXT "v=spf1 include:amazonses.com ~all"'],
      ['DnsRecordsDmarc', 'Enter at your DNS provider (name, type, value): DMARC; keep a record that you have already',
        '_dmarc.example.com TXT "v=DMARC1; p=none;"'],
    ]);
});

describe('the domain', () => {
  test('may lie below the zone, with a MAIL FROM subdomain and a DMARC policy of its own', () => {
    const { mail, template } = inZone({
      fromAddress: 'shop@news.example.com',
      domainName: 'news.example.com',
      mailFromSubdomain: 'bounce',
      dmarcPolicy: DmarcPolicy.REJECT,
      dmarcReportAddress: 'dmarc@example.com',
    });
    expect(mail.identityName).toBe('news.example.com');
    expect(recordsOf(template).slice(3)).toEqual([
      expect.stringMatching(/^"bounce\.news\.example\.com\." MX /),
      expect.stringMatching(/^"bounce\.news\.example\.com\." TXT /),
      '"_dmarc.news.example.com." TXT ["\\"v=DMARC1; p=reject; rua=mailto:dmarc@example.com;\\""]',
    ]);
  });

  test('keeps a DMARC record that it has', () => {
    const { template } = inZone({ dmarcPolicy: DmarcPolicy.EXISTING });
    expect(recordsOf(template).filter((record) => record.includes('_dmarc'))).toEqual([]);
  });

  test('is the one of the sender where nothing else is said, whatever its case', () => {
    expect(define({ fromAddress: 'shop@News.Example.com' }).mail.identityName).toBe('news.example.com');
  });

  test('may be a token, as may the sender', () => {
    const { stack, mail, template } = define({ fromAddress: TOKEN.string(), domainName: TOKEN.string() });
    expect(stack.resolve(mail.identityName)).toBe('later');
    template.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'later', MailFromAttributes: { MailFromDomain: 'mail.later' } });
    expect(statements(template, 'Users')[0]).toMatchObject({ Condition: { StringEqualsIgnoreCase: { 'ses:FromAddress': ['later'] } } });
  });

  test('may be in a zone of another stack', () => {
    const app = new App();
    const zone = new route53.PublicHostedZone(new Stack(app, 'Dns'), 'Zone', { zoneName: 'example.com' });
    const stack = new Stack(app, 'App');
    define({ hostedZone: zone }, stack);
    expect(JSON.stringify(Template.fromStack(Stack.of(zone)).toJSON())).not.toContain('Fn::ImportValue');
  });
});

describe('an existing identity', () => {
  test('gets nothing but a configuration set, and an output with the command that makes it use that', () => {
    const { stack, mail, template } = define({ identityName: 'example.com' });
    expect(mail.identity).toBeUndefined();
    template.resourceCountIs('AWS::SES::EmailIdentity', 0);
    template.resourceCountIs('AWS::SES::ConfigurationSet', 1);
    expect(Object.keys(outputsOf(template))).toEqual(['UseConfigurationSet', 'ProductionAccess']);
    expect(outputsOf(template).UseConfigurationSet).toEqual({
      Description: 'Run once, so that feedback on mail of the identity arrives: makes the new configuration set the default of the identity',
      Value: {
        'Fn::Join': ['', ['aws sesv2 put-email-identity-configuration-set-attributes --region ', { Ref: 'AWS::Region' },
          ' --email-identity example.com --configuration-set-name ', stack.resolve(mail.configurationSet.configurationSetName)]],
      },
    });
  });

  test('may be an address', () => {
    const { template } = define({ identityName: 'shop@example.com' });
    expect(statements(template, 'Users')[0]).toMatchObject({ Resource: identityArn('shop@example.com') });
  });

  test('may have a configuration set, which stays as it is', () => {
    const { mail, template } = define({ identityName: 'example.com', configurationSetName: 'ours' });
    expect(mail.feedbackTopic).toBeUndefined();
    ['AWS::SES::ConfigurationSet', 'AWS::SES::ConfigurationSetEventDestination', 'AWS::SNS::Topic'].forEach((type) => template.resourceCountIs(type, 0));
    expect(statements(template, 'Users')[1]).toMatchObject({ Resource: arn([':configuration-set/ours']) });
    expect(Object.keys(outputsOf(template))).toEqual(['ProductionAccess']);
  });
});

test('further senders and identities widen the right to send by their names', () => {
  const { template } = define({ additionalFromAddresses: ['help@example.com'], furtherIdentities: ['developer@example.org', 'shop@example.com'] });
  expect(statements(template, 'Users')[0]).toMatchObject({
    Resource: ['example.com', 'developer@example.org', 'shop@example.com'].map(identityArn),
    Condition: { StringEqualsIgnoreCase: { 'ses:FromAddress': ['shop@example.com', 'help@example.com'] } },
  });
});

describe('a feedback topic that is given', () => {
  test('is used, and lets the configuration set publish', () => {
    const stack = newStack();
    const feedbackTopic = new sns.Topic(stack, 'Topic');
    const { mail, template } = define({ feedbackTopic }, stack);
    expect(mail.feedbackTopic).toBe(feedbackTopic);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({
          Condition: Match.objectLike({
            ArnLike: { 'AWS:SourceArn': arn([':configuration-set/', stack.resolve(mail.configurationSet.configurationSetName)]) },
          }),
        })],
      },
    });
    expect(warningsOf(mail)).toEqual({});
  });

  test('in another stack gets no reference back', () => {
    const app = new App();
    const feedbackTopic = new sns.Topic(new Stack(app, 'Alarms'), 'Topic');
    define({ feedbackTopic }, new Stack(app, 'App'));
    const template = Template.fromStack(Stack.of(feedbackTopic));
    expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({
          Condition: {
            StringEquals: { 'AWS:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'AWS:SourceArn': arn([':configuration-set/*']) },
          },
        })],
      },
    });
  });

  test('in another account lets in the account that sends', () => {
    const app = new App();
    const alarms = new Stack(app, 'Alarms', { env: { account: '111111111111', region: 'eu-central-1' } });
    const feedbackTopic = new sns.Topic(alarms, 'Topic', { topicName: 'feedback' });
    define({ feedbackTopic }, new Stack(app, 'App', { env: { account: '222222222222', region: 'eu-central-1' } }));
    Template.fromStack(alarms).hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({
          Condition: {
            StringEquals: { 'AWS:SourceAccount': '222222222222' },
            ArnLike: { 'AWS:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-central-1:222222222222:configuration-set/*']] } },
          },
        })],
      },
    });
  });

  test('that is imported must have a policy by hand', () => {
    const stack = newStack();
    const { mail } = define({ feedbackTopic: sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:123456789012:feedback') }, stack);
    expect(warningsOf(mail)).toEqual({
      'feedback-topic-policy': 'The policy of the imported \'feedbackTopic\' cannot be changed from here, and without a statement of yours the deployment fails: ' +
        'let the service ses.amazonaws.com do sns:Publish on the topic where AWS:SourceAccount is this account.',
    });
  });
});

describe('rotation', () => {
  const { stack, mail, template } = inZone({ rotation: {} });
  const secret = stack.resolve(mail.secret.secretArn);
  const handler = stack.resolve(mail.handler.functionArn);

  test('adds two resources', () => expect(Object.keys(template.toJSON().Resources)).toHaveLength(20));

  test('happens every 90 days, never before there are credentials', () => {
    template.hasResource('AWS::SecretsManager::RotationSchedule', {
      Properties: {
        SecretId: secret,
        RotationLambdaARN: handler,
        RotationRules: { AutomaticallyAfterDays: 90 },
        RotateImmediatelyOnUpdate: false,
      },
      DependsOn: [...Object.keys(template.findResources('Custom::SesSmtpCredentials')), ...Object.keys(template.findResources('AWS::Lambda::Permission'))],
    });
  });

  test('calls the handler for this secret only, which may move the labels of its versions', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction', FunctionName: handler, Principal: 'secretsmanager.amazonaws.com', SourceAccount: { Ref: 'AWS::AccountId' }, SourceArn: secret,
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [{ PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['secretsmanager:UpdateSecretVersionStage']) })]) } }],
    });
    expect(statements(template, 'Roles')).toEqual([]);
    template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0);
  });

  test('happens as often as is said', () => {
    inZone({ rotation: { automaticallyAfter: Duration.days(30) } }).template
      .hasResourceProperties('AWS::SecretsManager::RotationSchedule', { RotationRules: { AutomaticallyAfterDays: 30 } });
  });

  test('is not there unless asked for', () => {
    const without = define(fromPython({}, 'rotation', 'vpcEndpoint', 'hostedZone')).template;
    ['AWS::SecretsManager::RotationSchedule', 'AWS::Lambda::Permission', 'AWS::EC2::VPCEndpoint'].forEach((type) => without.resourceCountIs(type, 0));
  });
});

test('removal policy and log retention are taken', () => {
  const { template } = inZone({ removalPolicy: RemovalPolicy.DESTROY, logRetention: logs.RetentionDays.ONE_WEEK });
  const policies = Object.values(template.toJSON().Resources as Record<string, { DeletionPolicy?: string }>).map(({ DeletionPolicy = 'Delete' }) => DeletionPolicy);
  expect(new Set(policies)).toEqual(new Set(['Delete']));
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

describe('a process', () => {
  test('gets the settings of Django, and starts when there are credentials', () => {
    const { stack, mail, template } = define();
    const process = new RecordingProcess(stack, 'Process');
    mail.attachTo(process);
    expect(stack.resolve(process.variables)).toEqual({ EMAIL_HOST: HOST, EMAIL_PORT: '587', EMAIL_USE_TLS: 'True', EMAIL_USE_SSL: 'False', DEFAULT_FROM_EMAIL: SENDER });
    const field = (key: string) => ({ 'Fn::Join': ['', [stack.resolve(mail.secret.secretArn), `:${key}::`]] });
    expect(Object.fromEntries(Object.entries(process.secretVariables).map(([name, secret]) => [name, stack.resolve(secret.arn)])))
      .toEqual({ EMAIL_HOST_USER: field('username'), EMAIL_HOST_PASSWORD: field('password') });
    expect(process.startsAfter.map((dependable) => stack.resolve((dependable as unknown as { ref: string }).ref).Ref))
      .toEqual(Object.keys(template.findResources('Custom::SesSmtpCredentials')));
  });

  test.each([
    [587, 'True', 'False'],
    [2587, 'True', 'False'],
    [465, 'False', 'True'],
    [2465, 'False', 'True'],
  ])('on port %d, with a prefix, has EMAIL_USE_TLS %s and EMAIL_USE_SSL %s', (port, useTls, useSsl) => {
    const { stack, mail, template } = define({ port, variablePrefix: 'NEWS_' });
    const process = new RecordingProcess(stack, 'Process');
    mail.attachTo(process);
    expect(process.variables).toMatchObject({ NEWS_EMAIL_PORT: String(port), NEWS_EMAIL_USE_TLS: useTls, NEWS_EMAIL_USE_SSL: useSsl });
    expect(Object.keys(process.secretVariables)).toEqual(['NEWS_EMAIL_HOST_USER', 'NEWS_EMAIL_HOST_PASSWORD']);
    template.hasResourceProperties('Custom::SesSmtpCredentials', { Port: String(port) });
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { SMTP_PORT: String(port) } } });
  });

  test('without a free way out gets one to the port, another none', () => {
    const stack = newStack();
    const vpc = givenVpc(stack);
    const process = new RecordingProcess(stack, 'Process');
    const closed = new ec2.SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false });
    process.connections.addSecurityGroup(closed, new ec2.SecurityGroup(stack, 'Open', { vpc }));
    new SesSmtp(stack, 'Mail', { fromAddress: SENDER }).attachTo(process);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Stack/Closed',
      SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 587, ToPort: 587, Description: 'Mail' }],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Stack/Open',
      SecurityGroupEgress: [Match.objectLike({ IpProtocol: '-1' })],
    });
    Annotations.fromStack(stack).hasNoWarning('/Stack/Open', Match.anyValue());
  });

  test('of another stack gives no reference back', () => {
    const app = new App();
    const dataStack = new Stack(app, 'Data');
    const mail = new SesSmtp(dataStack, 'Mail', { fromAddress: SENDER, vpcEndpoint: { vpc: givenVpc(dataStack) } });
    const stack = new Stack(app, 'App');
    const process = new RecordingProcess(stack, 'Process');
    process.connections.addSecurityGroup(new ec2.SecurityGroup(stack, 'Group', { vpc: givenVpc(stack), allowAllOutbound: false }));
    mail.attachTo(process);
    mail.grantSendEmail(process);
    process.secretVariables.EMAIL_HOST_USER!.grantRead(process);
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('Fn::ImportValue');
    expect(JSON.stringify(Template.fromStack(dataStack).toJSON())).not.toContain('Fn::ImportValue');
  });
});

describe('an endpoint in the network', () => {
  function withEndpoint(props: Partial<SesSmtpProps> = {}): { stack: Stack; mail: SesSmtp; process: RecordingProcess; template: Template } {
    const stack = newStack();
    const vpc = givenVpc(stack);
    const mail = new SesSmtp(stack, 'Mail', { fromAddress: SENDER, vpcEndpoint: { vpc }, ...props });
    const process = new RecordingProcess(stack, 'Process');
    process.connections.addSecurityGroup(new ec2.SecurityGroup(stack, 'Group', { vpc, allowAllOutbound: false }));
    mail.attachTo(process);
    return { stack, mail, process, template: Template.fromStack(stack) };
  }

  test('answers under the name of SES', () => {
    const { mail, process, template } = withEndpoint();
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.email-smtp']] },
      VpcEndpointType: 'Interface',
      PrivateDnsEnabled: true,
      SubnetIds: ['private-1', 'private-2'],
    });
    expect(process.startsAfter).toContain(mail.vpcEndpoint);
  });

  test('lets in the attached processes only, on the port only, and they need no other way out', () => {
    const { template } = withEndpoint({ port: 2587 });
    const [endpointGroup] = Object.keys(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'SMTP endpoint of Mail/VpcEndpoint' } }));
    const [group] = Object.keys(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Stack/Group' } }));
    const id = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'GroupId'] });
    expect(Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties)).toEqual([
      { Description: 'From Group', FromPort: 2587, ToPort: 2587, IpProtocol: 'tcp', GroupId: id(endpointGroup), SourceSecurityGroupId: id(group) },
    ]);
    expect(Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).map(({ Properties }) => Properties)).toEqual([
      { Description: 'Mail', FromPort: 2587, ToPort: 2587, IpProtocol: 'tcp', GroupId: id(group), DestinationSecurityGroupId: id(endpointGroup) },
    ]);
    expect(template.findResources('AWS::EC2::SecurityGroup')[endpointGroup].Properties).not.toHaveProperty('SecurityGroupIngress');
  });

  test('stands in the subnets that are chosen', () => {
    const stack = newStack();
    const { template } = define({ vpcEndpoint: { vpc: givenVpc(stack), subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } } }, stack);
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { SubnetIds: ['isolated-1', 'isolated-2'] });
  });
});

test('sending by the API is allowed from the same senders, without the password', () => {
  const stack = newStack();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  const mail = new SesSmtp(stack, 'Mail', { fromAddress: SENDER });
  mail.grantSendEmail(role).assertSuccess();
  expect(statements(Template.fromStack(stack), 'Roles')).toEqual([
    {
      Effect: 'Allow',
      Action: ['ses:SendEmail', 'ses:SendRawEmail'],
      Resource: identityArn('example.com'),
      Condition: { StringEqualsIgnoreCase: { 'ses:FromAddress': ['shop@example.com'] } },
    },
    {
      Effect: 'Allow',
      Action: ['ses:SendEmail', 'ses:SendRawEmail'],
      Resource: arn([':configuration-set/', stack.resolve(mail.configurationSet.configurationSetName)]),
    },
  ]);
});

test.each([[undefined, 'undefined'], ['role', '"role"']])('sending by the API is not granted to %j', (grantee, shown) => {
  expect(messageOf(() => define().mail.grantSendEmail(grantee as any))).toBe("SesSmtp at 'Stack/Mail' cannot be defined:\n" +
    `- 'grantee' must be an iam.IGrantable, got ${shown}: give a role, or what has one, e.g. a ProcessDefinition or a function`);
});

test('null is what is left out', () => {
  const nothing = Object.fromEntries(['rotation', 'vpcEndpoint', 'hostedZone', 'port', 'additionalFromAddresses', 'furtherIdentities', 'identityName', 'removalPolicy',
    'configurationSetName', 'feedbackTopic', 'logRetention', 'mailFromSubdomain', 'dmarcPolicy', 'dmarcReportAddress', 'variablePrefix', 'domainName'].map((prop) => [prop, null]));
  expect(define(nothing as any).template.toJSON()).toEqual(define().template.toJSON());
});

test('metrics are the account\'s reputation', () => {
  const { mail } = define();
  expect(mail.metricBounceRate()).toMatchObject({ namespace: 'AWS/SES', metricName: 'Reputation.BounceRate', statistic: 'Average', period: Duration.hours(1) });
  expect(mail.metricComplaintRate(fromPython({ statistic: 'Maximum' }, 'period')))
    .toMatchObject({ namespace: 'AWS/SES', metricName: 'Reputation.ComplaintRate', statistic: 'Maximum', period: Duration.hours(1) });
});

test('several stand in one stack', () => {
  const stack = newStack();
  new SesSmtp(stack, 'Mail', { fromAddress: SENDER });
  new SesSmtp(stack, 'News', { fromAddress: 'news@example.org', rotation: {} });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::SES::EmailIdentity', 2);
  template.resourceCountIs('Custom::SesSmtpCredentials', 2);
});

test('a stack with a region names the server of that region', () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
  const { mail, template } = define({}, stack);
  expect(stack.resolve(mail.host)).toEqual({ 'Fn::Join': ['', ['email-smtp.eu-central-1.', { Ref: 'AWS::URLSuffix' }]] });
  template.hasResourceProperties('Custom::SesSmtpCredentials', { Region: 'eu-central-1' });
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});
