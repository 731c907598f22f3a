import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ImageRepositoryProps } from './image-repository-props';
import { IMAGE_REPOSITORY_RULES } from './image-repository-rules';
import { requireGrantee } from '../../private/grantee';
import { validateProps } from '../../private/validation';
import { acknowledgeForcedWildcards } from '../../private/wildcard';

const DEFAULT_KEPT = 10;
/** Images that lost their tag, and those without one that no image with a tag consists of. */
const UNTAGGED_DAYS = 7;

/**
 * Repository for the images of the project: scanned when they are pushed, tags that stay with their image, the last ones kept.
 *
 * Exactly one environment owns it, in a stack of its own; the others name it with `DjangoImage.fromEcr`. It is empty at first: deploy its stack, push an image,
 * then deploy what runs it.
 *
 * @example
 *
 * declare const pipeline: iam.Role;
 * const images = new ImageRepository(this, 'Images', { repositoryName: 'shop', pullAccounts: ['210987654321'] });
 * images.grantPush(pipeline);
 */
export class ImageRepository extends Construct {
  /** ECR repository. */
  public readonly repository: ecr.Repository;

  public constructor(scope: Construct, id: string, props: ImageRepositoryProps = {}) {
    super(scope, id);
    props = validateProps(this, 'ImageRepository', props, IMAGE_REPOSITORY_RULES);

    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const movingTags = props.movingTags ?? [];
    this.repository = new ecr.Repository(this, 'Repository', {
      repositoryName: props.repositoryName,
      imageScanOnPush: true,
      imageTagMutability: movingTags.length > 0 ? ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION : ecr.TagMutability.IMMUTABLE,
      imageTagMutabilityExclusionFilters: movingTags.length > 0
        ? movingTags.map((tag) => ecr.ImageTagMutabilityExclusionFilter.wildcard(tag))
        : undefined,
      encryption: props.encryptionKey ? ecr.RepositoryEncryption.KMS : ecr.RepositoryEncryption.AES_256,
      encryptionKey: props.encryptionKey,
      // Builds for several processors, and those with attestations, push several images, of which one has the tag: only that one counts.
      lifecycleRules: [
        { tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: Duration.days(UNTAGGED_DAYS) },
        { tagStatus: ecr.TagStatus.TAGGED, tagPatternList: ['*'], maxImageCount: props.keepImages ?? DEFAULT_KEPT },
      ],
      removalPolicy,
      // CloudFormation cannot delete a repository that holds images.
      emptyOnDelete: removalPolicy === RemovalPolicy.DESTROY || undefined,
    });
    (props.pullAccounts ?? []).forEach((account) => this.repository.grantPull(new iam.AccountPrincipal(account)));
  }

  /**
   * Lets somebody, e.g. the role of a pipeline, push images, and pull what a build starts from.
   * @param grantee who
   */
  public grantPush(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'ImageRepository', grantee);
    return this.logIn(grantee, this.repository.grantPullPush(grantee));
  }

  /**
   * Lets somebody pull images. Tasks have the right by `DjangoImage.fromRepository` or `DjangoImage.fromEcr`.
   * @param grantee who
   */
  public grantPull(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'ImageRepository', grantee);
    return this.logIn(grantee, this.repository.grantPull(grantee));
  }

  private logIn({ grantPrincipal }: iam.IGrantable, grant: iam.Grant): iam.Grant {
    if (Construct.isConstruct(grantPrincipal)) {
      acknowledgeForcedWildcards(grantPrincipal, ['*'], 'ecr:GetAuthorizationToken knows no resource: the log-in is that of the whole registry, the images are named');
    }
    return grant;
  }
}
