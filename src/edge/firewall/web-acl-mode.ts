/**
 * What a web ACL does with requests that it takes for attacks or floods.
 */
export enum WebAclMode {
  /** They are blocked. */
  BLOCK = 'BLOCK',

  /**
   * They are only counted and logged: for a first week in front of a site that has traffic already, or after `uploadPaths` changed. What was asked
   * for by name is blocked all the same: addresses outside `adminAllowList`, countries, maintenance, requests without the required header.
   */
  COUNT = 'COUNT',
}
