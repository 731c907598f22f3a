/**
 * Purpose of a deployment, which sets the defaults of everything that `DjangoOnFargate` makes.
 *
 * Every default can be overridden by its own prop. The table of what each profile sets, with the
 * monthly cost, stands in `docs/profiles.md`.
 */
export enum DeploymentProfile {
  /** Serves users: two availability zones, a standby database, nothing is lost when the stack is deleted. */
  PRODUCTION = 'PRODUCTION',

  /** Mirrors production on one task and one database instance; data is kept. */
  STAGING = 'STAGING',

  /** Costs as little as it can. **WARNING**: deleting the stack destroys the database. */
  DEVELOPMENT = 'DEVELOPMENT',
}
