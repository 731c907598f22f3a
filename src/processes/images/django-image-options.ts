/** Options of an image that is built during `cdk deploy`. */
export interface DirectoryImageOptions {
  /**
   * Dockerfile, relative to the directory.
   * @default 'Dockerfile'
   */
  readonly file?: string;

  /**
   * Stage of a multi-stage Dockerfile.
   * @default - the last stage
   */
  readonly target?: string;

  /**
   * Build arguments. **WARNING**: they stand in the image's history; never give a secret.
   * @default - none
   */
  readonly buildArgs?: { [name: string]: string };

  /**
   * Paths to keep out of the build context, in the words of `.dockerignore`, beside those that are
   * always kept out (version control, virtual environments, `node_modules`, caches, `.env`).
   * @default - what `.dockerignore` says
   */
  readonly exclude?: string[];
}

/** Options of an image in a registry. */
export interface RegistryImageOptions {
  /**
   * Name of the secret in Secrets Manager with the registry's credentials: JSON with `username` and `password`.
   * @default - a public image
   */
  readonly credentialsSecretName?: string;
}

/** Options of an image in ECR. */
export interface EcrImageOptions {
  /**
   * Account of the repository, 12 digits. The policy of the repository must let the stack's account pull, e.g. by `pullAccounts` of an `ImageRepository`.
   * @default - the account of the stack
   */
  readonly account?: string;

  /**
   * Region of the repository, e.g. `eu-central-1`. Tasks pull across regions through the internet, and the transfer costs.
   * @default - the region of the stack
   */
  readonly region?: string;
}
