import { RemovalPolicy } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, maybe, noDuration, noMember, noObject, notMatching, outside, prefix, removalPolicy, seconds } from './arbitraries';
import { describeProperties } from './subject';
import { SqsBroker } from '../../src/backing-services/queue/sqs-broker';
import { SqsBrokerProps } from '../../src/backing-services/queue/sqs-broker-props';
import { ProcessDuty } from '../../src/config/process';
import { RecordingProcess } from '../backing-services/recording-process';
import { TOKEN } from '../helpers';

const TWELVE_HOURS = 43_200;
const FORTNIGHT = 1_209_600;

describeProperties<SqsBrokerProps>({
  name: 'SqsBroker',
  define: (stack, options) => {
    const broker = new SqsBroker(stack, 'SqsBroker', options);
    [ProcessDuty.APPLICATION, ProcessDuty.RELEASE].forEach((duty) => broker.attachTo(new RecordingProcess(stack, `Process-${duty}`, duty)));
  },
  valid: fc.record({
    celeryQueueName: maybe(fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/)),
    visibilityTimeout: maybe(seconds(1, TWELVE_HOURS)),
    retentionPeriod: maybe(seconds(TWELVE_HOURS + 1, FORTNIGHT)),
    maxReceiveCount: maybe(between(1, 1000)),
    removalPolicy: maybe(removalPolicy(RemovalPolicy.SNAPSHOT)),
    variablePrefix: maybe(prefix),
  }),
  expectOf: (template) => {
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('*');
  },
  invalid: [
    ['celeryQueueName', notMatching(/^[A-Za-z0-9_-]{1,80}$/)],
    ['visibilityTimeout', noDuration(1, TWELVE_HOURS)],
    ['retentionPeriod', noDuration(60, FORTNIGHT)],
    ['maxReceiveCount', outside(1, 1000)],
    ['encryptionKey', noObject],
    ['alarmTopic', noObject],
    ['removalPolicy', noMember],
    ['variablePrefix', notMatching(/^[A-Za-z_][A-Za-z0-9_]*_$/)],
  ],
  tokens: [
    ['celeryQueueName', TOKEN.string],
    ['visibilityTimeout', TOKEN.seconds],
    ['retentionPeriod', TOKEN.seconds],
    ['maxReceiveCount', TOKEN.number],
  ],
});
