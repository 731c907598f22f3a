import { SecretValue } from 'aws-cdk-lib/core';

/** Header that proves where a request comes from, such as a secret that CloudFront or another proxy adds. */
export interface RequiredHeader {
  /** Name of the header, in lower case. */
  readonly name: string;

  /**
   * Value of the header, exactly. It is written to the template as a reference to Secrets Manager, never as itself; logs and sampled requests do not show it.
   * After a rotation it takes a deployment that changes this reference, e.g. by the version of the secret, to be known here.
   */
  readonly value: SecretValue;
}
