import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DjangoImage, DjangoOnFargate } from '../../src';

/** The smallest app: an image and the name of the project. */
export class MinimalStack extends Stack {
  /** What the library made. */
  public readonly shop: DjangoOnFargate;

  public constructor(scope: Construct, id: string, imageDirectory: string) {
    super(scope, id);
    this.shop = new DjangoOnFargate(this, 'Shop', {
      image: DjangoImage.fromDirectory(imageDirectory),
      project: 'shop',
    });
  }
}

/** Makes the stack in an app. */
export function define(app: App, imageDirectory: string): Stack {
  return new MinimalStack(app, 'App', imageDirectory);
}
