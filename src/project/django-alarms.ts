import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { DjangoAlarmOptions } from './django-option-props';
import { an, shaped, strings, TOPIC } from '../private/shapes';
import { isKnown, joined, Rule, show } from '../private/validation';

/** What holds for the options of the alarms. */
export const ALARM_RULES: Rule<DjangoAlarmOptions>[] = shaped<DjangoAlarmOptions>({ topic: an(TOPIC), emails: strings }, [
  ({ emails }) => joined((isKnown(emails) ? emails : []).map((email) => isKnown(email) && !/^[^\s@<>]+@[^\s@<>]+$/.test(email)
    ? `'emails' must hold plain addresses like 'ops@example.com', got ${show(email)}`
    : undefined)),
]);

/** The topic that alarms and failed commands are told to, if anybody wants to know. */
export function alarmTopic(scope: Construct, { topic, emails = [] }: DjangoAlarmOptions = {}): sns.ITopic | undefined {
  if (!topic && emails.length === 0) {
    return undefined;
  }
  const told = topic ?? new sns.Topic(scope, 'Alarms', { enforceSSL: true });
  emails.forEach((email) => told.addSubscription(new subscriptions.EmailSubscription(email)));
  return told;
}
