import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { HandlerCode } from './handler-code';

/** What differs between our handlers. */
export interface PythonHandlerProps {
  /** Folder in `lambda`. */
  readonly purpose: string;

  readonly description: string;
  readonly role: iam.IRole;
  readonly logGroup: logs.ILogGroup;
  readonly timeout: Duration;

  /**
   * Memory in MiB.
   * @default 256
   */
  readonly memorySize?: number;

  readonly environment?: { [name: string]: string };
}

/** A handler of ours: plain Python with what the run time of Lambda brings. */
export function createPythonHandler(scope: Construct, { purpose, ...props }: PythonHandlerProps): lambda.Function {
  const handler = new lambda.Function(scope, 'Handler', {
    ...props,
    runtime: lambda.Runtime.PYTHON_3_14,
    architecture: lambda.Architecture.ARM_64,
    code: new HandlerCode(purpose),
    handler: `${purpose}/index.handler`,
    memorySize: props.memorySize ?? 256,
  });
  Validations.of(handler).acknowledge({
    id: 'AwsSolutions-L1',
    reason: 'The newest Python that the oldest supported CDK knows; a newer CDK knows a newer one and reports it',
  });
  return handler;
}
