import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { SmtpEncryption } from './smtp-server-props';
import { DjangoVariable } from '../../config/django-variable';
import { IProcess } from '../../config/process';
import { pythonBoolean } from '../../private/python-boolean';

/** An SMTP server as Django sees it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly encryption: SmtpEncryption;
  readonly fromAddress: string;
  readonly username?: ecs.Secret;
  readonly password?: ecs.Secret;
  readonly prefix?: string;

  /** Where the server is in the network; absent where it is in the internet. */
  readonly peer?: ec2.ISecurityGroup;
}

/** Whether the connection on a port is encrypted before the first word. */
export function isEncryptedFromStart(port: number): boolean {
  return port === 465 || port === 2465;
}

/** Gives an SMTP server to a process: Django's settings, and the way out where the process has no free one. */
export function handOver(process: IProcess, { prefix, ...server }: MailServer): void {
  process.addVariable(DjangoVariable.EMAIL_HOST, server.host, prefix);
  process.addVariable(DjangoVariable.EMAIL_PORT, String(server.port), prefix);
  process.addVariable(DjangoVariable.EMAIL_USE_TLS, pythonBoolean(server.encryption === SmtpEncryption.STARTTLS), prefix);
  process.addVariable(DjangoVariable.EMAIL_USE_SSL, pythonBoolean(server.encryption === SmtpEncryption.TLS), prefix);
  process.addVariable(DjangoVariable.DEFAULT_FROM_EMAIL, server.fromAddress, prefix);
  if (server.username && server.password) {
    process.addSecretVariable(DjangoVariable.EMAIL_HOST_USER, server.username, prefix);
    process.addSecretVariable(DjangoVariable.EMAIL_HOST_PASSWORD, server.password, prefix);
  }
  process.connections.securityGroups
    .filter((group) => !group.allowAllOutbound)
    .forEach((group) => group.addEgressRule(server.peer ?? ec2.Peer.anyIpv4(), ec2.Port.tcp(server.port), 'Mail'));
}
