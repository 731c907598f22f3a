import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { IProcess } from '../../config/process';
import { describe } from '../../private/description';

/** Lets a process reach a database, and its tasks start only then. */
export function openDatabase(database: IConstruct, groups: ec2.ISecurityGroup[], port: ec2.Port, process: IProcess): void {
  for (const group of groups) {
    for (const processGroup of process.connections.securityGroups) {
      // As a remote rule, so that a database in another stack gets no reference back.
      group.addIngressRule(processGroup, port, describe('From', processGroup), true);
      if (!processGroup.allowAllOutbound) {
        processGroup.addEgressRule(group, port, describe('To', database));
      }
    }
  }
  process.startAfter(...groups);
}
