import { VIEWER_ADDRESS_HEADER } from '../viewer-address';

/** CloudFront runs no longer code. */
export const LONGEST_FUNCTION = 10_240;

/** The entry document, which stands for every page of the app. */
export const ENTRY_DOCUMENT = '/index.html';

/** What builds of single-page apps hold and people download. `php` and the like are what scanners ask for: a page in answer would only lead them on. */
const FILE_EXTENSIONS = [
  'js', 'mjs', 'cjs', 'css', 'map', 'json', 'jsonld', 'geojson', 'webmanifest', 'wasm', 'html?', 'xhtml', 'xml', 'xsl', 'rss', 'atom', 'txt', 'md', 'ya?ml', 'csv', 'tsv', 'ics', 'vcf',
  'ico', 'png', 'apng', 'jpe?g', 'gif', 'svgz?', 'webp', 'avif', 'bmp', 'tiff?', 'heic', 'woff2?', 'ttf', 'otf', 'eot',
  'mp[34]', 'm4[av]', 'webm', 'og[gav]', 'wav', 'flac', 'aac', 'mov', 'm3u8', 'vtt', 'srt',
  'pdf', 'docx?', 'xlsx?', 'pptx?', 'od[tsp]', 'rtf', 'epub', 'zip', 't?gz', 'tar', 'bz2', 'xz', '7z', 'br', 'apk', 'dmg', 'exe', 'msi',
  'gl[bt]', 'gltf', 'obj', 'stl', 'hdr', 'bin', 'dat', 'data', 'parquet', 'onnx', 'pb', 'tflite', 'sqlite', 'pmtiles', 'lottie', 'riv',
  'php\\d?', 'aspx?', 'jspx?', 'cgi', 'pl', 'env', 'ini', 'log', 'sql', 'bak', 'sh',
];

/** Paths of a single-page app that are told from each other otherwise than by their last segment. */
export interface PathHints {
  /** Beginnings of the paths of pages. */
  readonly pagePaths: string[];

  /** Beginnings of the paths of files. */
  readonly filePaths: string[];
}

/**
 * Sends what asks for a page to the entry document, in which the app's router takes over.
 *
 * A path with a dot in its last segment is a file by its extension; where that says nothing (`/users/john.doe`), it is a page if a browser navigates
 * to it. The cache key is the path that comes out, so that the answer to one never reaches the other. What is hidden by a dot (`/.env`) is not shown, should it
 * ever get into a build.
 */
export function pageFunction({ pagePaths, filePaths }: PathHints): string {
  return `const PAGE_PATHS = ${JSON.stringify(pagePaths)};
const FILE_PATHS = ${JSON.stringify(filePaths)};
const FILE_EXTENSION = /^(?:${FILE_EXTENSIONS.join('|')})$/i;
const HIDDEN = /\\/\\.(?!well-known\\/)/;
const DOT_SEGMENT = /(?:^|\\/|\\\\|%2f|%5c)(?:\\.|%2e){1,2}(?:$|\\/|\\\\|%2f|%5c)/i;

function handler(event) {
  const request = event.request;
  if (DOT_SEGMENT.test(request.uri)) {
    return { statusCode: 400, statusDescription: 'Bad Request' };
  }
  const path = request.uri.replace(/%2e/gi, '.').replace(/%2f/gi, '/');
  if (isPage(path, request.headers)) {
    request.uri = '${ENTRY_DOCUMENT}';
  } else if (HIDDEN.test(path)) {
    return { statusCode: 404, statusDescription: 'Not Found' };
  }
  return request;
}

function isPage(path, headers) {
  const beginsWith = (beginning) => path.startsWith(beginning);
  if (PAGE_PATHS.some(beginsWith)) {
    return true;
  }
  if (FILE_PATHS.some(beginsWith) || path.includes('/.')) {
    return false;
  }
  const dot = path.lastIndexOf('.');
  return dot <= path.lastIndexOf('/') || (!FILE_EXTENSION.test(path.slice(dot + 1)) && isNavigation(headers));
}

function isNavigation(headers) {
  const destination = headers['sec-fetch-dest'];
  if (destination) {
    return ['document', 'iframe', 'frame'].includes(destination.value);
  }
  return headers.accept !== undefined && headers.accept.value.includes('text/html');
}
`;
}

/** Tells the backend the address of the viewer. What the viewer itself says there is replaced. */
export const VIEWER_ADDRESS_FUNCTION = `function handler(event) {
  const request = event.request;
  request.headers['${VIEWER_ADDRESS_HEADER}'] = { value: event.viewer.ip };
  return request;
}
`;

/** What browsers load to run it, or to style a page with it. */
const ACTIVE_CONTENT = ['script', 'style', 'worker', 'sharedworker', 'serviceworker', 'audioworklet', 'paintworklet', 'xslt', 'manifest'];

/**
 * Hands out uploads by the keys that they have in their bucket, which may lack the beginning of the path; a folder itself is no object, and the root of a
 * bucket would be its listing.
 *
 * A file that somebody uploaded comes from the site itself, so the site's content security policy would let a page load it as a script. Browsers say
 * what they load a file for, and for that they do not get it.
 */
export function mediaFunction(path: string, keyPrefix: string): string {
  return `const ACTIVE_CONTENT = ${JSON.stringify(ACTIVE_CONTENT)};

function handler(event) {
  const request = event.request;
  const destination = request.headers['sec-fetch-dest'];
  if (destination && ACTIVE_CONTENT.includes(destination.value)) {
    return { statusCode: 403, statusDescription: 'Forbidden' };
  }
  if (!request.uri.startsWith('${path}') || request.uri.endsWith('/')) {
    return { statusCode: 404, statusDescription: 'Not Found' };
  }
  request.uri = '/${keyPrefix}' + request.uri.slice(${path.length});
  return request;
}
`;
}
