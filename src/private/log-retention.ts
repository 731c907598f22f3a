import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { oneOf, Rule } from './validation';

const DAYS = Object.values(RetentionDays).filter((days): days is number => typeof days === 'number');

/** A time that CloudWatch Logs keeps lines for: it knows certain numbers of days only. */
export function logRetention<P>(prop: keyof P & string): Rule<P> {
  return oneOf(prop, DAYS, 'days, which logs.RetentionDays has names for');
}
