// A throw-away copy of the sample project, so that a test run may write into it.
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPOSITORY } from '../../scripts/repository.mjs';

export function copySampleProject() {
  const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-workspace-'));
  cpSync(path.join(REPOSITORY, 'test', 'fixtures', 'sample-project'), folder, { recursive: true });
  return folder;
}
