// Where the repository lies; every script and test runner takes its paths from here, so all of them run from any folder.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
