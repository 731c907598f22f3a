import type { User } from './api';

/** Who is logged in, for all parts of the page. */
class Session extends EventTarget {
  private current: User | null = null;

  public get user(): User | null {
    return this.current;
  }

  public set user(user: User | null) {
    this.current = user;
    this.dispatchEvent(new Event('change'));
  }
}

export const session = new Session();
