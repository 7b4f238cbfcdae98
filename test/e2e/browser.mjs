// Headless Chromium for a workbench page; the browser is the one the machine has, never a downloaded one.
import { chromium } from 'playwright-core';

/** The profile folder is the caller's to remove. */
export function openBrowser(executablePath, profileFolder) {
  if (executablePath === undefined) {
    throw new Error('No Chrome or Chromium found: install one (Debian: apt-get install chromium) or name it in BAMBOO_CHROMIUM.');
  }
  return chromium.launchPersistentContext(profileFolder, {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: [
      '--no-sandbox', // CI runs as root
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
