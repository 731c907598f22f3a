/**
 * Traffic that the flow logs of a network record.
 */
export enum FlowLogs {
  /** Accepted and rejected traffic: what an incident is investigated with. */
  ALL = 'ALL',

  /** Rejected traffic only: a small part of the volume, and so of the cost. */
  REJECTED = 'REJECTED',

  /** Nothing. */
  NONE = 'NONE',
}
