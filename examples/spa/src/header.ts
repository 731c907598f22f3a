import { ApiError, logOut } from './api';
import { announce, byId, element, link } from './dom';
import { show } from './router';
import { session } from './session';

/** Shows the navigation and who is logged in, and keeps both up to date. */
export function showHeader(siteName: string): void {
  const navigation = element('nav', { 'aria-label': 'Main' }, link('/', siteName), link('/about', 'About'));
  const account = element('div', { class: 'account' });
  byId('header').replaceChildren(navigation, account);

  const showAccount = (): void => account.replaceChildren(...accountItems());
  session.addEventListener('change', showAccount);
  document.addEventListener('page', () => {
    showAccount();
    for (const anchor of navigation.querySelectorAll('a')) {
      if (anchor.pathname === location.pathname) {
        anchor.setAttribute('aria-current', 'page');
      } else {
        anchor.removeAttribute('aria-current');
      }
    }
  });
  showAccount();
}

function accountItems(): Node[] {
  if (!session.user) {
    const next = location.pathname === '/login' ? '' : `?${new URLSearchParams({ next: location.pathname + location.search })}`;
    return [link(`/login${next}`, 'Log in')];
  }
  const button = element('button', { type: 'button' }, 'Log out');
  button.addEventListener('click', () => void leave());
  const admin = session.user.staff ? [link('/admin/', 'Administration')] : [];
  return [...admin, element('span', {}, session.user.username), button];
}

async function leave(): Promise<void> {
  try {
    await logOut();
  } catch (error) {
    announce(error instanceof ApiError ? error.message : String(error));
    return;
  }
  session.user = null;
  await show();
  announce('You are logged out.');
}
