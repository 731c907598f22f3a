import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { MinimalStack } from './minimal';
import { TaskSchedule } from '../../src';

/** The smallest app with tasks that run every night. */
class ScheduledTasksStack extends MinimalStack {
  public constructor(scope: Construct, id: string, imageDirectory: string, tasks: number) {
    super(scope, id, imageDirectory);
    for (let number = 1; number <= tasks; number++) {
      this.shop.addScheduledTask(`Task${number}`, {
        command: ['python', 'manage.py', 'clearsessions'],
        schedule: TaskSchedule.cron(`${number} 3 * * ? *`, 'Europe/Berlin'),
      });
    }
  }
}

/** Makes the stack with one task in an app. The first one of an app brings what all tasks share. */
export function defineOne(app: App, imageDirectory: string): Stack {
  return new ScheduledTasksStack(app, 'App', imageDirectory, 1);
}

/** Makes the stack with twenty tasks more. */
export function defineTwentyMore(app: App, imageDirectory: string): Stack {
  return new ScheduledTasksStack(app, 'App', imageDirectory, 21);
}
