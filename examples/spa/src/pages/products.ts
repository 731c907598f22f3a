import { listProducts } from '../api';
import { element, link } from '../dom';
import type { Page } from '../page';

export async function open(query: URLSearchParams): Promise<Page> {
  const { count, page, pages, products } = await listProducts(query.get('page') ?? '1');
  const items = products.map(({ name, slug, price }) => element('li', {}, link(`/products/${slug}`, name), ' ', element('span', {}, price)));
  const list = count > 0 ? element('ul', { class: 'products' }, ...items) : element('p', {}, 'No products yet.');
  return { title: 'Products', content: pages > 1 ? [list, pageLinks(page, pages)] : [list] };
}

function pageLinks(page: number, pages: number): HTMLElement {
  const previous = page > 1 ? [link(`/?page=${page - 1}`, 'Previous page')] : [];
  const next = page < pages ? [link(`/?page=${page + 1}`, 'Next page')] : [];
  return element('nav', { class: 'pages', 'aria-label': 'Pages' }, ...previous, element('span', {}, `Page ${page} of ${pages}`), ...next);
}
