import { currentUser } from './api';
import { loadConfig } from './config';
import { showHeader } from './header';
import { startRouter } from './router';
import { session } from './session';

const [config, user] = await Promise.all([
  loadConfig(),
  // Pages that need the API say what is wrong with it; the others work without.
  currentUser().catch(() => null),
]);
session.user = user;
showHeader(config.siteName);
startRouter(config.siteName);
