#!/usr/bin/env node
// Builds the native library in release mode, without its tests, and installs the addon into dist/native/.
import { installAddon } from './nativeAddon.mjs';
import { build, configurePreset } from './nativeBuild.mjs';

await configurePreset('release', { tests: false });
await build('release');
await installAddon();
