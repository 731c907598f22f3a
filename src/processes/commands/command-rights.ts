import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';
import { METRIC } from './command-machine-report';
import { ProcessDefinition } from '../definition/process-definition';

/** All tasks of a cluster; their ids are known only when they run. */
export function tasksArn(scope: IConstruct, cluster: ecs.ICluster): string {
  return Stack.of(scope).formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
}

/** All executions of a state machine; their names are known only when they run. */
export function executionsArn(machine: sfn.StateMachine): string {
  return Stack.of(machine).formatArn({
    service: 'states', resource: 'execution', resourceName: `${machine.stateMachineName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** All revisions of a process's task definition: the policy must not change whenever the image does. */
export function revisionsArn(process: ProcessDefinition): string {
  return Stack.of(process).formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${process.taskDefinition.family}:*` });
}

/** What the state machine may do whatever it runs. */
export function machineStatements(scope: IConstruct, cluster: ecs.ICluster, topic?: sns.ITopic): iam.PolicyStatement[] {
  const statements = [
    new iam.PolicyStatement({ actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [tasksArn(scope, cluster)] }),
    // How Step Functions learns that a task has ended; AWS made the name.
    new iam.PolicyStatement({
      actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      resources: [Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForECSTaskRule' })],
    }),
    new iam.PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': METRIC.namespace } },
    }),
  ];
  if (topic) {
    statements.push(new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
  }
  if (topic?.masterKey) {
    statements.push(new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [topic.masterKey.keyArn] }));
  }
  return statements;
}

/** What the state machine may do to run tasks of a process. */
export function processStatements(process: ProcessDefinition, cluster: ecs.ICluster): iam.PolicyStatement[] {
  const { taskDefinition } = process;
  return [
    new iam.PolicyStatement({
      actions: ['ecs:RunTask'],
      resources: [revisionsArn(process)],
      conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
    }),
    new iam.PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [taskDefinition.taskRole.roleArn, taskDefinition.obtainExecutionRole().roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }),
  ];
}
