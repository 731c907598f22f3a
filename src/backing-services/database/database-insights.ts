/** How closely RDS watches the load of a database, statement by statement. */
export enum DatabaseInsights {
  /** No Performance Insights. */
  NONE = 'NONE',

  /** Database Insights in its standard mode: the load of the last 7 days, free. */
  STANDARD = 'STANDARD',

  /** Database Insights in its advanced mode: 15 months, slow statements, execution plans; costs per vCPU or ACU. */
  ADVANCED = 'ADVANCED',
}
