import { element } from '../dom';
import type { Page } from '../page';

export async function open(): Promise<Page> {
  return {
    title: 'About',
    content: [
      element('p', {}, 'This shop is an example: its pages are files on a CDN, its data comes from a Django project behind the same address.'),
      element('p', {}, 'Log in to add files to the products. Those who manage the products do so in the administration.'),
    ],
  };
}
