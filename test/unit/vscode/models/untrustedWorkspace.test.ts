import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: { configuration: { properties: Record<string, { scope: string }> }[] };
}
const MANIFEST = JSON.parse(readFileSync(path.join(__dirname, '..', '..', '..', '..', 'package.json'), 'utf8')) as Manifest;

test.each(['bamboo.model.path', 'bamboo.models.folders'])('%s belongs to the machine and cannot come from an untrusted folder', (setting) => {
  expect(MANIFEST.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(setting);
  const scopes = MANIFEST.contributes.configuration.map(({ properties }) => properties[setting]?.scope);
  expect(scopes).toContain('machine');
});
