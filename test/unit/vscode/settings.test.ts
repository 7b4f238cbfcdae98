import { beforeEach, describe, expect, test, vi } from 'vitest';
import { completionSettings, contextSettings, engineSettings, modeSetting, toggleEnabled } from '../../../src/vscode/settings';
import { fake, resetFake } from './fakeVscode';

vi.mock('vscode', () => import('./fakeVscode'));
beforeEach(resetFake);

describe('settings', () => {
  test('what is not set has its default', () => {
    expect(completionSettings(undefined)).toEqual({ enabled: true, languages: {}, maxTokens: 64, multiline: 'auto' });
    expect(engineSettings()).toEqual({ modelPath: '', threads: 0 });
  });

  test('what is set is read', () => {
    fake.settings = {
      enabled: false,
      languages: { markdown: false, python: true },
      'completion.maxTokens': 32,
      'completion.multiline': 'never',
      'model.path': ' /models/a.gguf ',
      threads: 2,
    };
    expect(completionSettings(undefined)).toEqual({
      enabled: false,
      languages: { markdown: false, python: true },
      maxTokens: 32,
      multiline: 'never',
    });
    expect(engineSettings()).toEqual({ modelPath: '/models/a.gguf', threads: 2 });
  });

  test('values of the wrong type or out of range do no harm', () => {
    fake.settings = {
      enabled: 'yes',
      languages: { python: 'no', go: false },
      'completion.maxTokens': 100_000,
      'completion.multiline': 'sometimes',
      'model.path': 5,
      threads: -3.5,
    };
    expect(completionSettings(undefined)).toEqual({ enabled: true, languages: { go: false }, maxTokens: 256, multiline: 'auto' });
    expect(engineSettings()).toEqual({ modelPath: '', threads: 0 });
  });

  test.each([
    [{}, 'auto'],
    [{ mode: 'sparse' }, 'auto'],
    [{ mode: 'sparse', 'sparse.strategy': 'exact' }, 'exact'],
    [{ 'sparse.strategy': 'predicted' }, 'predicted'],
    [{ mode: 'dense', 'sparse.strategy': 'predicted' }, 'dense'],
    [{ mode: 'sparse', 'sparse.strategy': 'dense' }, 'auto'],
    [{ mode: 7, 'sparse.strategy': 'fast' }, 'auto'],
  ])('%j means mode %s', (settings, mode) => {
    fake.settings = settings;
    expect(modeSetting()).toBe(mode);
  });

  test('context is on unless it is switched off, and only texts are patterns', () => {
    expect(contextSettings(undefined)).toEqual({ enabled: true, exclude: [] });
    fake.settings = { 'context.enabled': false, exclude: ['*.gen.ts', 5, null] };
    expect(contextSettings(undefined)).toEqual({ enabled: false, exclude: ['*.gen.ts'] });
    fake.settings = { 'context.enabled': 'no', exclude: '*.ts' };
    expect(contextSettings(undefined)).toEqual({ enabled: true, exclude: [] });
  });

  test('the patterns of a workspace add to those of the user, which have the last word', () => {
    fake.settings = { exclude: ['*.key.ts'] };
    fake.workspaceSettings = { exclude: ['!*.key.ts', '*.gen.ts'] };
    expect(contextSettings(undefined).exclude).toEqual(['!*.key.ts', '*.gen.ts', '*.key.ts']);
  });

  test('the toggle switches the user setting', async () => {
    expect(await toggleEnabled()).toBe(false);
    expect(fake.settings.enabled).toBe(false);
    expect(await toggleEnabled()).toBe(true);
    expect(fake.settings.enabled).toBe(true);
  });

  test('the toggle switches the workspace setting where one is set', async () => {
    fake.workspaceSettings = { enabled: false };
    expect(await toggleEnabled()).toBe(true);
    expect(fake.workspaceSettings.enabled).toBe(true);
    expect(fake.settings.enabled).toBeUndefined();
  });
});
