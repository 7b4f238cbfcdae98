#!/usr/bin/env node
// Builds and runs the native tests of one variant; the test programs themselves are in test/native/.
//   node scripts/testNative.mjs release   every test, on this machine's instruction sets; also makes dist/native/bamboo.node
//   node scripts/testNative.mjs asan      file readers and engine under AddressSanitizer and UBSan
//   node scripts/testNative.mjs tsan      engine under ThreadSanitizer
//   node scripts/testNative.mjs neon      kernels compiled for 64-bit Arm, run by qemu
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readCtestReport } from './ctestReport.mjs';
import { installAddon } from './nativeAddon.mjs';
import { JOBS, build, buildFolder, configurePreset } from './nativeBuild.mjs';
import { runCommand } from './runCommand.mjs';
import { NO_COUNTS, addCounts, writeCounts } from './testCounts.mjs';

/** variant (a preset of native/CMakePresets.json) -> folders of test/native that it builds and runs; empty: all that the preset has. */
const AREAS = { release: [], asan: ['format', 'engine'], tsan: ['engine'], neon: [] };

const variant = process.argv[2] ?? 'release';
const areas = AREAS[variant];
if (areas === undefined) throw new Error(`Unknown variant "${variant}": use one of ${Object.keys(AREAS).join(', ')}.`);

await configurePreset(variant, { tests: true });
await build(
  variant,
  areas.map((area) => `test/${area}/all`),
);
if (variant === 'release') await installAddon();

const folders = areas.length > 0 ? areas.map((area) => path.join('test', area)) : ['test'];
let counts = NO_COUNTS;
for (const folder of folders) await runTests(path.join(buildFolder(variant), folder));
writeCounts(counts);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

async function runTests(folder) {
  const report = path.join(folder, 'report.xml');
  rmSync(report, { force: true });
  const options = ['--output-on-failure', '--no-tests=error', '--parallel', JOBS, '--output-junit', report];
  const { exitCode } = await runCommand('ctest', ['--test-dir', folder, ...options], { mayFail: true });
  const before = counts.failed;
  counts = addCounts(counts, readCtestReport(readFileSync(report, 'utf8')));
  if (exitCode !== 0 && counts.failed === before) counts = addCounts(counts, { ...NO_COUNTS, failed: 1 });
}
