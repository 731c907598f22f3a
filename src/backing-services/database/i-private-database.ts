import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IPreparedService } from '../../config/preparation';

/** PostgreSQL database for a project: one that was made, or one that was there before. */
export interface IPrivateDatabase extends IPreparedService {
  /** Host that the application connects to: of the database, or of its proxy. */
  readonly host: string;

  /** Port of the database. */
  readonly port: string;

  /** Name of the database. */
  readonly databaseName: string;

  /** Connections of the database, with its port as default. */
  readonly connections: ec2.Connections;

  /**
   * Connections that the database accepts.
   * @default - not known, or a proxy shares them out
   */
  readonly maxConnections?: number;
}
