import { WebAclOptions } from './web-acl-props';
import { shaped, strings } from '../private/shapes';
import { integerBetween, isKnown, Rule, show } from '../private/validation';

const PATH_PREFIX = /^\/(?!.*(?:\/\/|\/\.{1,2}(?:\/|$)))[\w.~!$&'()+,;=:@/-]{0,199}$/;

/** Each path costs 22 of the 1,500 capacity units that a web ACL has without extra fee; 1,138 are used without any path. */
const MOST_PATHS = 16;

const LOWEST_RATE_LIMIT = 10;
const HIGHEST_RATE_LIMIT = 2_000_000_000;
/** The Django admin. */
export const DEFAULT_UPLOAD_PATHS = ['/admin/'];

/** The forms of the Django admin and of `django.contrib.auth`. */
export const DEFAULT_LOGIN_PATHS = ['/admin/login/', '/accounts/login/'];

/** What holds for the settings of a web ACL wherever they are given. */
export const WEB_ACL_RULES = shaped<WebAclOptions>({ uploadPaths: strings, loginPaths: strings }, [
  pathPrefixes('uploadPaths'),
  pathPrefixes('loginPaths'),
  ({ uploadPaths = DEFAULT_UPLOAD_PATHS, loginPaths = DEFAULT_LOGIN_PATHS }) => {
    const count = uploadPaths.length + loginPaths.length;
    return count <= MOST_PATHS
      ? undefined
      : `'uploadPaths' and 'loginPaths' must hold at most ${MOST_PATHS} paths together, got ${uploadPaths.length} and ${loginPaths.length}: `
        + 'a web ACL has no capacity for more, so give a common beginning instead';
  },
  integerBetween('rateLimit', LOWEST_RATE_LIMIT, HIGHEST_RATE_LIMIT, 'requests in five minutes'),
  integerBetween('loginRateLimit', LOWEST_RATE_LIMIT, HIGHEST_RATE_LIMIT, 'requests in five minutes'),
]);

function pathPrefixes(prop: 'uploadPaths' | 'loginPaths'): Rule<WebAclOptions> {
  return (props) => {
    const wrong = (props[prop] ?? []).filter((path) => isKnown(path) && !PATH_PREFIX.test(path));
    return wrong.length === 0
      ? undefined
      : `'${prop}' must each be the beginning of a path that begins with '/', has at most 200 ASCII characters and no wildcard, query, space, `
        + `'%', '//' or '..', e.g. '/admin/', got ${wrong.map(show).join(', ')}`;
  };
}
