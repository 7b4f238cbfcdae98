import type { BrowserContext } from 'playwright-core';
export function openBrowser(executablePath: string | undefined, profileFolder: string): Promise<BrowserContext>;
