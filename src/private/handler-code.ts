import { join } from 'path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AssetStaging, FileAssetPackaging, IgnoreMode, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { PACKAGE_ROOT } from './package-root';

/** The folder with the handlers. */
const HANDLERS = join(PACKAGE_ROOT, 'lambda');

/**
 * The code of a handler: the folders `lambda/<purpose>` and `lambda/common` as they are, so that consumers need neither Docker nor pip.
 * Whatever else lies there is excluded: another handler, or what Python leaves behind when it runs, would change the hash of the asset.
 *
 * `lambda.Code.fromAsset` would do the same, and load CDK's table of all regions for it (docs/decisions/0032-load-what-is-used.md).
 */
export class HandlerCode extends lambda.Code {
  public readonly isInline = false;

  public constructor(private readonly purpose: string) {
    super();
  }

  public bind(scope: Construct): lambda.CodeConfig {
    const stack = Stack.of(scope);
    const folders = ['common', this.purpose];
    const staging = new AssetStaging(scope, 'Code', {
      sourcePath: HANDLERS,
      exclude: ['*', ...folders.map((folder) => `!${folder}/*.py`)],
      ignoreMode: IgnoreMode.DOCKER,
    });
    const { bucketName, objectKey } = stack.synthesizer.addFileAsset({
      sourceHash: staging.assetHash,
      fileName: staging.relativeStagedPath(stack),
      packaging: FileAssetPackaging.ZIP_DIRECTORY,
    });
    return { s3Location: { bucketName, objectKey } };
  }
}
