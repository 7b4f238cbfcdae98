import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import type { StatusView } from '../../../src/vscode/statusModel';
import { StatusReporter } from '../../../src/vscode/statusReporter';
import { fakeDocument } from './fakeDocument';
import { fake, resetFake, window } from './fakeVscode';

vi.mock('vscode', () => import('./fakeVscode'));
beforeEach(resetFake);

function setUp() {
  const drawn: StatusView[] = [];
  const engine = { state: { kind: 'ready', restarts: 0 } as const };
  const reporter = new StatusReporter(engine, new MetricsStore(), { draw: (view) => drawn.push(view) });
  return { reporter, drawn };
}

describe('the status reporter', () => {
  test('draws what a completion reports', () => {
    const { reporter, drawn } = setUp();
    reporter.report({ request: 1, kind: 'generating' });
    reporter.report({ request: 1, kind: 'silent', reason: 'empty-middle' });
    expect(drawn.map((view) => view.state)).toEqual(['generating', 'silent']);
  });

  test('the end of an overtaken request does not hide that a newer one is running', () => {
    const { reporter } = setUp();
    reporter.report({ request: 1, kind: 'generating' });
    reporter.report({ request: 2, kind: 'generating' });
    reporter.report({ request: 1, kind: 'silent', reason: 'cancelled' });
    expect(reporter.view().state).toBe('generating');
    reporter.report({ request: 2, kind: 'shown', latencyMs: 5 });
    expect(reporter.view().state).toBe('ready');
  });

  test('another editor starts without the last reason', () => {
    const { reporter } = setUp();
    reporter.report({ request: 1, kind: 'silent', reason: 'empty-middle' });
    reporter.editorChanged();
    expect(reporter.view().state).toBe('ready');
  });

  test('names the language for which completions are off', () => {
    const { reporter } = setUp();
    fake.settings = { languages: { markdown: false } };
    window.activeTextEditor = { document: fakeDocument('¦', { languageId: 'markdown' }).document };
    expect(reporter.view()).toMatchObject({ state: 'disabled-language', reason: 'language-disabled' });
    expect(reporter.view().tooltip[0]).toContain('markdown');
  });
});
