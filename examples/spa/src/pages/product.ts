import { addAttachment, ApiError, type Attachment, findProduct } from '../api';
import { announce, element, link } from '../dom';
import { createForm } from '../form';
import type { Page } from '../page';
import { navigate } from '../router';
import { session } from '../session';

/** As Django's model allows them. */
const FILE_TYPES = '.csv,.jpeg,.jpg,.pdf,.png,.txt,.webp';

export async function open(slug: string): Promise<Page> {
  const product = await findProduct(slug);
  const description = element('div', { class: 'description' });
  // The server has cleaned it, and the content security policy would refuse a script.
  description.innerHTML = product.description;
  const attachments = element('ul', { class: 'attachments' }, ...product.attachments.map(attachmentItem));
  const none = element('p', { hidden: product.attachments.length > 0 }, 'No attachments yet.');
  const added = (attachment: Attachment): void => {
    attachments.prepend(attachmentItem(attachment));
    none.hidden = true;
    announce(`${attachment.title} was added.`);
  };
  return {
    title: product.name,
    content: [
      element('p', {}, `${product.price} · ${product.stock} in stock`),
      description,
      element('h2', { id: 'attachments' }, 'Attachments'),
      none,
      attachments,
      session.user ? uploadForm(slug, added) : element('p', {}, link(loginPath(), 'Log in to add an attachment')),
    ],
  };
}

function attachmentItem({ title, url }: Attachment): HTMLElement {
  return element('li', {}, link(url, title));
}

function uploadForm(slug: string, added: (attachment: Attachment) => void): HTMLElement {
  const fields = [
    { name: 'title', label: 'Title', input: { type: 'text', maxlength: '200', autocomplete: 'off' } },
    { name: 'file', label: 'File (CSV, JPEG, PDF, PNG, text or WebP, up to 20 MiB)', input: { type: 'file', accept: FILE_TYPES } },
  ];
  const form = createForm(fields, 'Upload', async (data) => {
    try {
      added(await addAttachment(slug, data));
      form.reset();
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) {
        throw error;
      }
      // The session has ended meanwhile.
      session.user = null;
      navigate(new URL(loginPath(), location.origin));
    }
  });
  return element('section', { 'aria-labelledby': 'upload' }, element('h2', { id: 'upload' }, 'Add an attachment'), form);
}

function loginPath(): string {
  return `/login?${new URLSearchParams({ next: location.pathname })}`;
}
