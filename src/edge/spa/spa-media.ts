import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Kind, listOf } from '../../private/shapes';

const KEY_GROUP: Kind = { name: 'a cloudfront.IKeyGroup', member: 'keyGroupId', hint: "use new cloudfront.KeyGroup(this, 'KeyGroup', { items: [publicKey] })" };

/**
 * Way in which the uploads of a project are served under `/media/` of the site.
 *
 * Whoever serves what strangers uploaded on the origin of a site must not let it run there. These answers carry a content security policy that puts
 * them into a sandbox, browsers do not guess their type, and do not get them as scripts or styles: images, sound and video work, in pages too; scripts in
 * HTML and SVG files do not run, and Chrome's PDF viewer, which is such a script, does not open, so let PDF files be downloaded.
 */
export class SpaMedia {
  /**
   * Everybody who knows an upload's path may read it: right for pictures of products, wrong for documents of customers. Django must give out such URLs: with
   * django-storages by `custom_domain` (the host name of the site with `/media` behind it) and `querystring_auth` False. In a bucket that static files share,
   * `location='media'` adds that path, and `custom_domain` is the host name alone.
   */
  public static publiclyReadable(): SpaMedia {
    return new SpaMedia();
  }

  /**
   * Who has a URL or cookies that Django signed may read an upload. Private keys stay with Django; django-storages signs with its `cloudfront_key`
   * and `cloudfront_key_id` where `custom_domain` is the host name of the site with `/media` behind it, and without in a bucket that static files share.
   * @param keyGroups groups of the public keys
   */
  public static signed(...keyGroups: cloudfront.IKeyGroup[]): SpaMedia {
    return new SpaMedia(keyGroups);
  }

  /**
   * The public keys, where signatures are wanted.
   * @internal
   */
  public readonly _keyGroups?: cloudfront.IKeyGroup[];

  private constructor(keyGroups?: cloudfront.IKeyGroup[]) {
    this._keyGroups = keyGroups;
  }

  /**
   * What is wrong with the key groups.
   * @internal
   */
  public _problem(): string | undefined {
    if (this._keyGroups?.length === 0) {
      return 'must be given a key group at least, e.g. SpaMedia.signed(keyGroup): without one everybody could read the uploads';
    }
    const problem = listOf(KEY_GROUP)(this._keyGroups);
    return problem && `must be given ${problem}`;
  }
}
