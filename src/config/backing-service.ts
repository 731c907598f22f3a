import { IProcess } from './process';

/**
 * Backing service: a database, cache, bucket, mail server or anything else that the project leans on.
 *
 * A backing service attaches itself to a process: it adds variables and secrets, grants IAM rights and
 * opens the network. It knows nothing about ECS services, and a process knows nothing about databases.
 * Implement the interface to add your own.
 */
export interface IBackingService {
  /**
   * Attaches this backing service to a process. Called once for each process.
   * @param process the process that shall use it
   */
  attachTo(process: IProcess): void;
}
