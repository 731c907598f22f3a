import { Token } from 'aws-cdk-lib/core';
import { TagParameter } from './tag-parameter';

/**
 * Tag of an image that is known at deployment only.
 *
 * @example
 *
 * DjangoImage.fromEcr('shop', ImageTag.fromSsmParameter('/shop/image-tag'));
 */
export class ImageTag {
  /**
   * The tag that a parameter in the Parameter Store holds. CloudFormation reads it at each deployment, also where nothing else changed, so that
   * what a pipeline wrote there is what runs: a deployment does not bring back an older image. The parameter must be there before the first deployment, and
   * the image too. It has the type `String` and is in the stack's account and region.
   *
   * To be given as the tag of an image, also inside of text: `ghcr.io/acme/shop:${tag}`.
   * @param parameterName name of the parameter, e.g. `/shop/image-tag`
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
   */
  public static fromSsmParameter(parameterName: string): string {
    return Token.asString(new TagParameter(parameterName));
  }

  private constructor() {}
}
