import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Stack } from 'aws-cdk-lib/core';
import { SesSmtp } from '../../../src/backing-services/email/ses-smtp';
import { SmtpEncryption, SmtpServerProps } from '../../../src/backing-services/email/smtp-server-props';
import { fromPython, givenVpc, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';
import { RecordingProcess } from '../recording-process';

const GMAIL = { host: 'smtp.gmail.com', fromAddress: 'Shop <shop@example.com>', secretName: 'shop/smtp' };

function define(props: SmtpServerProps, stack = newStack()): { stack: Stack; process: RecordingProcess; secrets: Record<string, string>; warnings: object } {
  const process = new RecordingProcess(stack, 'Process');
  SesSmtp.fromSmtpServer(stack, 'Mail', props).attachTo(process);
  const secrets = Object.fromEntries(Object.entries(process.secretVariables).map(([name, secret]) => [name, JSON.stringify(stack.resolve(secret.arn))]));
  return { stack, process, secrets, warnings: warningsOf(stack.node.findChild('Mail')) };
}

test('an SMTP server is handed over with user and password of a secret, and makes nothing', () => {
  const { stack, process, secrets } = define(fromPython<SmtpServerProps>(GMAIL, 'port', 'encryption', 'secret', 'usernameKey', 'passwordKey', 'variablePrefix'));
  expect(process.variables).toEqual({
    EMAIL_HOST: 'smtp.gmail.com', EMAIL_PORT: '587', EMAIL_USE_TLS: 'True', EMAIL_USE_SSL: 'False', DEFAULT_FROM_EMAIL: 'Shop <shop@example.com>',
  });
  expect(secrets).toEqual({
    EMAIL_HOST_USER: expect.stringContaining(':secret:shop/smtp:username::'), EMAIL_HOST_PASSWORD: expect.stringContaining(':secret:shop/smtp:password::'),
  });
  expect(Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type)).toEqual(['AWS::IAM::Role']);
});

test('the keys inside the secret and the prefix of the variables are taken', () => {
  const { process, secrets } = define({ ...GMAIL, usernameKey: 'EMAIL_USER', passwordKey: 'EMAIL_PASS', variablePrefix: 'NEWS_' });
  expect(secrets).toEqual({
    NEWS_EMAIL_HOST_USER: expect.stringContaining(':EMAIL_USER::'), NEWS_EMAIL_HOST_PASSWORD: expect.stringContaining(':EMAIL_PASS::'),
  });
  expect(Object.keys(process.variables)).toEqual(['NEWS_EMAIL_HOST', 'NEWS_EMAIL_PORT', 'NEWS_EMAIL_USE_TLS', 'NEWS_EMAIL_USE_SSL', 'NEWS_DEFAULT_FROM_EMAIL']);
});

test('the secret may be a construct', () => {
  const stack = newStack();
  const secret = new secretsmanager.Secret(stack, 'Secret');
  const { secrets } = define({ ...GMAIL, secretName: undefined, secret }, stack);
  expect(secrets.EMAIL_HOST_USER).toContain(JSON.stringify(stack.resolve(secret.secretArn)));
});

test('a server in the network may need no password', () => {
  const { secrets, warnings } = define({ host: '10.0.0.25', port: 1025, fromAddress: 'shop@example.com', encryption: SmtpEncryption.NONE });
  expect(secrets).toEqual({});
  expect(warnings).toEqual({});
});

test.each(['10.0.0.25', 'localhost', 'Mail.internal'])('the host may be %s', (host) => {
  expect(define({ ...GMAIL, host }).process.variables.EMAIL_HOST).toBe(host);
});

test.each([
  [587, undefined, 'True', 'False'],
  [465, undefined, 'False', 'True'],
  [2465, undefined, 'False', 'True'],
  [8465, SmtpEncryption.TLS, 'False', 'True'],
  [465, SmtpEncryption.STARTTLS, 'True', 'False'],
  [1025, SmtpEncryption.NONE, 'False', 'False'],
])('port %d with the encryption %s gives EMAIL_USE_TLS %s and EMAIL_USE_SSL %s', (port, encryption, useTls, useSsl) => {
  const { process } = define({ ...GMAIL, port, encryption });
  expect(process.variables).toMatchObject({ EMAIL_USE_TLS: useTls, EMAIL_USE_SSL: useSsl });
});

test('a process without a free way out gets one to the port', () => {
  const stack = newStack();
  const process = new RecordingProcess(stack, 'Process');
  process.connections.addSecurityGroup(new ec2.SecurityGroup(stack, 'Group', { vpc: givenVpc(stack), allowAllOutbound: false }));
  SesSmtp.fromSmtpServer(stack, 'Mail', GMAIL).attachTo(process);
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 587, ToPort: 587, Description: 'Mail' }],
  });
});

test.each([
  ['port 25', { port: 25 },
    { 'smtp-port': "'port' 25 is blocked by AWS on the way to the internet, so mail would hang: use 587, unless the server is in your network." }],
  ['a password in plain text', { encryption: SmtpEncryption.NONE },
    { 'smtp-plain-text': "'encryption' SmtpEncryption.NONE sends the password in plain text: use STARTTLS or TLS." }],
  ['nothing else', {}, {}],
])('warns about %s', (_, props, expected) => expect(define({ ...GMAIL, ...props }).warnings).toEqual(expected));

test('null is what is left out', () => {
  const nothing = { port: null, encryption: null, secret: null, usernameKey: null, passwordKey: null, variablePrefix: null } as any;
  const [given, left] = [define({ ...GMAIL, ...nothing }), define(GMAIL)];
  expect([given.process.variables, given.secrets]).toEqual([left.process.variables, left.secrets]);
});

test('tokens are taken', () => {
  expect(() => define({
    host: TOKEN.string(), fromAddress: TOKEN.string(), secretName: TOKEN.string(), usernameKey: TOKEN.string(), passwordKey: TOKEN.string(),
  })).not.toThrow();
});

describe('refuses', () => {
  const secret = secretsmanager.Secret.fromSecretNameV2(newStack(), 'Secret', 'smtp');
  test.each<[string, object, string]>([
    ['no host', { host: undefined },
      '\'host\' must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set'],
    ['a URL', { host: 'smtp://smtp.gmail.com:587' }, '\'host\' must be the name or the IPv4 address of the server alone, like \'smtp.gmail.com\', got "smtp://smtp.gmail.com:587"'],
    ['no sender', { fromAddress: null },
      '\'fromAddress\' must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set'],
    ['a port that is none', { port: 70000 }, '\'port\' must be a whole number between 1 and 65535, got 70000'],
    ['an encryption that is none', { encryption: 'ssl' },
      '\'encryption\' must be one of SmtpEncryption.STARTTLS, SmtpEncryption.TLS, SmtpEncryption.NONE, got "ssl"'],
    ['an ARN as name', { secretName: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:smtp-AbCdEf' },
      '\'secretName\' must not be an ARN, got "arn:aws:secretsmanager:eu-central-1:123456789012:secret:smtp-AbCdEf": ' +
      'take the name of the secret, or \'secret\' for a secret that you have as a construct'],
    ['the password itself', { secretName: undefined, secret: 'hunter2' },
      '\'secret\' must be a secretsmanager.ISecret, never the password itself, which would stand in the template: give \'secretName\' for a name'],
    ['two secrets', { secret }, '\'secretName\' and \'secret\' must not both be given: keep one of them'],
    ['keys without a secret', { secretName: undefined, usernameKey: 'user' },
      '\'usernameKey\' and \'passwordKey\' must not be given without a secret: give \'secretName\' or \'secret\''],
    ['a key that ECS would cut', { passwordKey: 'smtp:password' }, '\'usernameKey\' and \'passwordKey\' must be text without \':\', got "smtp:password"'],
    ['a key that is a number', { usernameKey: 3 }, '\'usernameKey\' and \'passwordKey\' must be text without \':\', got 3'],
    ['a prefix that is no name', { variablePrefix: 'NEWS-' },
      '\'variablePrefix\' must be letters, digits and underscores, not begin with a digit and end with an underscore, e.g. \'ARCHIVE_\', got "NEWS-"'],
  ])('%s', (_, props, reason) => {
    expect(messageOf(() => define({ ...GMAIL, ...props } as SmtpServerProps))).toBe(`SesSmtp.fromSmtpServer at 'Stack/Mail' cannot be defined:\n- ${reason}`);
  });
});
