/** What a `DatabaseAuthentication` comes to. */
export interface DatabaseLogins {
  /** Absent where the administrator does everything. */
  readonly ownerUser?: string;

  /** Absent where the administrator does everything. */
  readonly applicationUser?: string;

  /** Whether the users have tokens of IAM instead of passwords. */
  readonly iam: boolean;
}

/** Names of the users by default; they stand in no logical id. */
export const DEFAULT_USERS = { ownerUser: 'django_owner', applicationUser: 'django_app' };

/**
 * Others than with passwords: a role that logs in by IAM can no longer do so by password, so a switch of the same role would lock out the
 * version that still serves.
 */
export const DEFAULT_IAM_USERS = { ownerUser: 'django_iam_owner', applicationUser: 'django_iam_app' };
