import { defineConfig, loadEnv } from 'vite';

/** What CloudFront sends to Django and to the bucket of static files, and uploads; `npm run dev` sends it to the Django of this machine. */
const BACKEND_PATHS = ['/api', '/admin', '/static', '/media'];

export default defineConfig(({ mode }) => {
  const { DJANGO_URL = 'http://127.0.0.1:8000' } = loadEnv(mode, '.', 'DJANGO_');
  // The host stays the browser's own, since Django compares it with the origin of each form.
  const proxy = Object.fromEntries(BACKEND_PATHS.map((path) => [`^${path}(/|$)`, { target: DJANGO_URL, changeOrigin: false }]));
  return {
    server: { proxy },
    preview: { proxy },
    build: {
      target: 'es2022',
      // No data: URLs, so that the content security policy may be as short as "default-src 'self'".
      assetsInlineLimit: 0,
    },
  };
});
