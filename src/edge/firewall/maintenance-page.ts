/** By what rules name the page that is shown in maintenance. */
export const MAINTENANCE_PAGE_KEY = 'maintenance';

/** The page that is shown in maintenance where the user gives none: it needs nothing from the site. */
export const DEFAULT_MAINTENANCE_PAGE = [
  '<!doctype html>',
  '<html lang="en">',
  '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Down for maintenance</title></head>',
  '<body style="font-family:sans-serif;max-width:40em;margin:20vh auto;padding:0 1em">',
  '<h1>Down for maintenance</h1><p>We are working on this site. Please come back in a few minutes.</p>',
  '</body>',
  '</html>',
].join('\n');
