import { ApiError } from './api';
import { announce, byId, element } from './dom';
import { problemPage, type Page } from './page';

interface Route {
  readonly pattern: RegExp;
  readonly open: (parameter: string, query: URLSearchParams) => Promise<Page>;
}

/** The paths of this app. What belongs to Django (/api/, /admin/) or to a bucket (/static/, /media/) must never be among them. */
const ROUTES: readonly Route[] = [
  { pattern: /^\/$/, open: async (_, query) => (await import('./pages/products')).open(query) },
  { pattern: /^\/products\/([^/]+)\/?$/, open: async (slug) => (await import('./pages/product')).open(slug) },
  { pattern: /^\/login\/?$/, open: async (_, query) => (await import('./pages/login')).open(query) },
  { pattern: /^\/about\/?$/, open: async () => (await import('./pages/about')).open() },
];

let siteName = '';
let shown = '';
let turn = 0;

/** Shows the page of the address bar, and from now on that of each link which is followed. */
export function startRouter(name: string): void {
  siteName = name;
  document.addEventListener('click', followLink);
  window.addEventListener('popstate', () => {
    // A link to a part of the same page fires it as well.
    if (address() !== shown) {
      void show();
    }
  });
  void show();
}

/** Goes to a page of this app, or to one of the server's where none of ours has that path. */
export function navigate(url: URL): void {
  if (url.origin !== location.origin || !findRoute(url.pathname)) {
    location.assign(url);
    return;
  }
  history.pushState(null, '', url);
  window.scrollTo(0, 0);
  void show();
}

/** Shows the page of the address bar anew, as after a logout. */
export async function show(): Promise<void> {
  const first = shown === '';
  const mine = ++turn;
  shown = address();
  const main = byId('main');
  main.setAttribute('aria-busy', 'true');
  announce('');
  const page = await openPage(new URL(location.href));
  // The visitor has gone on meanwhile.
  if (mine !== turn) {
    return;
  }
  const heading = element('h1', { tabindex: '-1' }, page.title);
  document.title = `${page.title} · ${siteName}`;
  main.replaceChildren(heading, ...page.content);
  main.removeAttribute('aria-busy');
  document.dispatchEvent(new Event('page'));
  // Screen readers go on here, as after the load of a document; the first load leaves the focus where it is.
  if (!first) {
    heading.focus({ preventScroll: true });
  }
}

async function openPage({ pathname, searchParams }: URL): Promise<Page> {
  try {
    const found = findRoute(pathname);
    return found ? await found.route.open(found.parameter, searchParams) : problemPage('Page not found', `There is no page at ${pathname}.`);
  } catch (error) {
    if (error instanceof ApiError) {
      return problemPage(error.status === 404 ? 'Not found' : 'Something went wrong', error.message, error.status);
    }
    console.error(error);
    return problemPage('Something went wrong', 'This page could not be loaded. Please reload it.');
  }
}

function findRoute(pathname: string): { route: Route; parameter: string } | undefined {
  for (const route of ROUTES) {
    const match = route.pattern.exec(pathname);
    if (match) {
      return { route, parameter: decode(match[1] ?? '') };
    }
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not what an encoder writes; nothing has such a name.
    return text;
  }
}

function followLink(event: MouseEvent): void {
  const anchor = event.target instanceof Element ? event.target.closest('a') : null;
  const own = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!anchor || !own || event.defaultPrevented || anchor.target || anchor.hasAttribute('download')) {
    return;
  }
  const url = new URL(anchor.href);
  const samePart = url.hash !== '' && url.pathname + url.search === shown;
  if (url.origin === location.origin && findRoute(url.pathname) && !samePart) {
    event.preventDefault();
    navigate(url);
  }
}

function address(): string {
  return location.pathname + location.search;
}
