import { logIn } from '../api';
import { createForm } from '../form';
import type { Page } from '../page';
import { navigate } from '../router';
import { session } from '../session';

export async function open(query: URLSearchParams): Promise<Page> {
  const fields = [
    { name: 'username', label: 'Username', input: { type: 'text', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' } },
    { name: 'password', label: 'Password', input: { type: 'password', autocomplete: 'current-password' } },
  ];
  const form = createForm(fields, 'Log in', async (data) => {
    session.user = await logIn(String(data.get('username')), String(data.get('password')));
    navigate(destination(query.get('next') ?? '/'));
  });
  return { title: 'Log in', content: [form] };
}

/** Where the visitor came from. Another site's address would let that site pass for this one. */
function destination(next: string): URL {
  const home = new URL('/', location.origin);
  const url = URL.canParse(next, home) ? new URL(next, home) : home;
  return url.origin === location.origin ? url : home;
}
