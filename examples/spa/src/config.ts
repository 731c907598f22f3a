/** What differs between environments, read at run time, so that one build serves all of them. */
export interface Config {
  readonly siteName: string;
}

/** Reads `/config.json`, which the deployment writes. Without it the shop works under its plain name. */
export async function loadConfig(): Promise<Config> {
  const defaults: Config = { siteName: 'Shop' };
  try {
    const response = await fetch('/config.json', { cache: 'no-cache' });
    return response.ok ? { ...defaults, ...(await response.json() as Partial<Config>) } : defaults;
  } catch (error) {
    console.warn('config.json could not be read.', error);
    return defaults;
  }
}
