import { element, link } from './dom';

/** What a route shows. */
export interface Page {
  readonly title: string;
  /** Everything below the heading, which is the title. */
  readonly content: readonly (Node | string)[];
}

/** The page for what went wrong. The status is the API's own, so that nobody takes its 404 for an empty page. */
export function problemPage(title: string, message: string, status?: number): Page {
  const text = status ? `${message} (status ${status})` : message;
  return { title, content: [element('p', { role: 'alert' }, text), element('p', {}, link('/', 'All products'))] };
}
