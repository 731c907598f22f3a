/** The JSON API of the Django project, on the same origin: the session is a cookie, and what changes something carries the CSRF token. */

export interface User {
  readonly username: string;
  /** Whether the admin lets this user in. */
  readonly staff: boolean;
}

export interface Product {
  readonly name: string;
  readonly slug: string;
  /** HTML that the server has cleaned. */
  readonly description: string;
  readonly price: string;
  readonly stock: number;
}

export interface ProductPage {
  readonly count: number;
  readonly pages: number;
  readonly page: number;
  readonly products: Product[];
}

export interface Attachment {
  readonly title: string;
  readonly url: string;
}

export interface ProductWithAttachments extends Product {
  readonly attachments: Attachment[];
}

/** Messages by the name of the field; those about the whole form are under `__all__`. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** An answer of the API that is not a success, or none at all: then the status is 0. */
export class ApiError extends Error {
  public readonly status: number;
  public readonly fields: FieldErrors;

  public constructor(status: number, message: string, fields: FieldErrors = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

interface Session {
  readonly user: User | null;
}

interface Problem {
  readonly error?: string;
  readonly errors?: Readonly<Record<string, readonly { readonly message: string }[]>>;
}

const SESSION = '/api/session/';

export async function currentUser(): Promise<User | null> {
  return (await request<Session>('GET', SESSION)).user;
}

export async function logIn(username: string, password: string): Promise<User | null> {
  return (await request<Session>('POST', SESSION, JSON.stringify({ username, password }))).user;
}

export async function logOut(): Promise<void> {
  await request<Session>('DELETE', SESSION);
}

export function listProducts(page: string): Promise<ProductPage> {
  return request('GET', `/api/products/?${new URLSearchParams({ page })}`);
}

export function findProduct(slug: string): Promise<ProductWithAttachments> {
  return request('GET', `/api/products/${encodeURIComponent(slug)}/`);
}

/** Uploads what a form holds: `title` and `file`. */
export function addAttachment(slug: string, form: FormData): Promise<Attachment> {
  return request('POST', `/api/products/${encodeURIComponent(slug)}/attachments/`, form);
}

async function request<T>(method: string, path: string, body?: string | FormData): Promise<T> {
  const headers = new Headers({ Accept: 'application/json' });
  if (method !== 'GET') {
    headers.set('X-CSRFToken', await csrfToken());
  }
  // A form's own type, with the boundary of its parts, comes from the browser.
  if (typeof body === 'string') {
    headers.set('Content-Type', 'application/json');
  }
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body: body ?? null, credentials: 'same-origin' });
  } catch {
    throw new ApiError(0, 'The server cannot be reached.');
  }
  return readAnswer<T>(response);
}

async function readAnswer<T>(response: Response): Promise<T> {
  // A firewall or a server that is away answers with a page.
  if (!response.headers.get('Content-Type')?.startsWith('application/json')) {
    throw new ApiError(response.status, 'The server answered with a page instead of data.');
  }
  const answer: unknown = await response.json();
  if (response.ok) {
    return answer as T;
  }
  const { error, errors = {} } = answer as Problem;
  const fields = Object.fromEntries(Object.entries(errors).map(([name, problems]) => [name, problems.map(({ message }) => message)]));
  throw new ApiError(response.status, error ?? 'Please correct what is marked.', fields);
}

/** The token of Django's cookie, read anew for each request because logging in replaces it. */
async function csrfToken(): Promise<string> {
  if (!csrfCookie()) {
    await currentUser();
  }
  return csrfCookie();
}

function csrfCookie(): string {
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? '';
}
