import { beforeEach, describe, expect, test, vi } from 'vitest';
import { settle } from '../../completion/controlledEngine';
import { FAKE_MODEL } from '../../engine/fakeWorker';
import { measured } from '../../metrics/measuredResults';
import { changeSetting, fake, resetFake, Uri, workspace } from '../fakeVscode';
import { command, opened, pass, READY, setUp, type SetUp } from './dashboardUnderTest';
import { malformed } from './malformed';

vi.mock('vscode', () => import('../fakeVscode'));
beforeEach(resetFake);

describe('the view', () => {
  test('loads its own bundle from its own folder only', () => {
    const { open, page } = setUp();
    open();
    const { options, html } = page.view.webview;
    expect(options).toMatchObject({ enableScripts: true, localResourceRoots: [{ path: '/ext/dist/webview' }] });
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('/ext/dist/webview/dashboard.js');
  });

  test('gets its first state when it can draw', () => {
    const { open, page, states, dashboard } = setUp();
    open();
    expect(page.sent).toEqual([]);
    page.say({ type: 'ready' });
    expect(page.sent).toEqual([{ type: 'state', state: dashboard.state() }]);
    expect(states()[0]).toMatchObject({
      engine: { kind: 'ready' },
      now: { residentBytes: 123 },
      mode: { chosen: 'sparse', effective: 'exact' },
    });
  });

  test('follows the metrics', async () => {
    const subject = opened();
    subject.metrics.recordSuggestion(80, [measured('price;')]);
    await pass(subject);
    expect(subject.states().at(-1)?.latency).toMatchObject({ samples: 1, p50Ms: 80 });
  });

  test('shows the hot neurons once the engine said them', async () => {
    const subject = setUp();
    subject.open();
    await settle();
    subject.page.say({ type: 'ready' });
    expect(subject.states().at(-1)?.hotNeurons).toEqual({
      tokens: 9,
      overallShare: 0.2,
      layerShares: [0.2],
      placement: 'All neurons on the CPU',
    });
  });

  test('hidden it gets nothing and nothing runs; shown again it gets a fresh state', async () => {
    const subject = opened();
    await pass(subject);
    subject.page.setVisible(false);
    const before = subject.page.sent.length;
    for (let request = 0; request < 100; request++) subject.metrics.recordSuggestion(80, [measured('price;')]);
    expect(subject.timers.count).toBe(0);
    await pass(subject);
    expect(subject.page.sent).toHaveLength(before);
    subject.page.setVisible(true);
    await pass(subject);
    expect(subject.states().at(-1)?.latency.samples).toBe(100);
  });

  test('idle, no timer runs', async () => {
    const subject = opened();
    await pass(subject);
    subject.timers.advance(60_000);
    const before = subject.page.sent.length;
    expect(subject.timers.count).toBe(0);
    subject.timers.advance(60_000);
    expect(subject.page.sent).toHaveLength(before);
  });

  test('closed it leaves no listener, and can be opened again', () => {
    const subject = opened();
    subject.page.close();
    expect(subject.page.listeners).toBe(0);
    subject.metrics.recordShown(false);
    expect(subject.timers.count).toBe(0);
    subject.timers.advance(1000);
    subject.open();
    subject.page.say({ type: 'ready' });
    expect(subject.states().at(-1)?.usefulness.shown).toBe(1);
  });

  test('a crash and a restart of the worker are states like any other', async () => {
    const subject = opened();
    await pass(subject);
    const error = { code: 'worker-crashed', message: 'The worker ended.' };
    subject.become({ kind: 'restarting', restarts: 1, error });
    await pass(subject);
    expect(subject.states().at(-1)).toMatchObject({ engine: { kind: 'restarting', restarts: 1, error } });
    expect(subject.states().at(-1)?.hotNeurons).toBeUndefined();
    subject.become({ ...READY, restarts: 1 });
    await pass(subject);
    subject.timers.advance(5000);
    await pass(subject);
    expect(subject.states().at(-1)).toMatchObject({ engine: { kind: 'ready', restarts: 1 }, hotNeurons: { tokens: 9 } });
  });

  test('another model begins with figures of its own; the same one after a restart keeps them', () => {
    const { become, metrics, dashboard } = setUp();
    become(READY);
    metrics.recordSuggestion(80, [measured('price;')]);
    become({ kind: 'restarting', restarts: 1 });
    become({ ...READY, restarts: 1 });
    expect(dashboard.state().latency.samples).toBe(1);
    become({ ...READY, model: { ...FAKE_MODEL, modelPath: '/models/other.gguf' } });
    expect(dashboard.state().latency.samples).toBe(0);
  });
});

describe('messages that went wrong', () => {
  test('are refused, logged a few times without their content, and break nothing', async () => {
    const subject = opened();
    await pass(subject);
    const actions = [{ type: 'setMode', mode: 'dense' }];
    const wrong = malformed(actions, 2000).filter((message) => JSON.stringify(message) !== JSON.stringify(actions[0]));
    for (const message of wrong.filter((one) => (one as { type?: unknown } | null | undefined)?.type !== 'ready'))
      subject.page.say(message);
    await pass(subject);
    expect(fake.settings).toEqual({});
    const warnings = subject.logged.filter((line) => line.startsWith('warn'));
    expect(warnings).toHaveLength(20);
    expect(warnings.join('').length).toBeLessThan(3000);
    expect(warnings.join('')).not.toContain('onerror');
    subject.page.say({ type: 'setMode', mode: 'dense' });
    await pass(subject);
    expect(subject.states().at(-1)?.mode.chosen).toBe('dense');
  });
});

describe('the switch', () => {
  const inStep = (subject: SetUp): unknown[] => [
    fake.settings.mode,
    fake.statusItems.get('bamboo.mode')?.text,
    subject.states().at(-1)?.mode.chosen,
    subject.dashboard.state().mode.effective,
  ];
  const DENSE = ['dense', '$(layers) Dense', 'dense', 'dense'];

  test.each<[string, (subject: SetUp) => void]>([
    ['in the view', ({ page }) => page.say({ type: 'setMode', mode: 'dense' })],
    ['by the command', () => void command('toggleMode')],
    ['in the settings', () => changeSetting('mode', 'dense')],
  ])('turned %s it is in step everywhere', async (_, turn) => {
    const subject = opened();
    turn(subject);
    await pass(subject);
    expect(inStep(subject)).toEqual(DENSE);
    expect(fake.confirmations).toEqual(['Bamboo: dense from the next token']);
    void command('toggleMode');
    await pass(subject);
    expect(inStep(subject)).toEqual(['sparse', '$(zap) Sparse', 'sparse', 'exact']);
  });

  test('one that could not be turned is drawn again as it is', async () => {
    const subject = opened();
    await pass(subject);
    const before = subject.page.sent.length;
    fake.writeError = new Error('read-only');
    subject.page.say({ type: 'setMode', mode: 'dense' });
    await pass(subject);
    expect(subject.page.sent.length).toBeGreaterThan(before);
    expect(subject.states().at(-1)?.mode.chosen).toBe('sparse');
  });

  test('another strategy is seen at once', async () => {
    const subject = opened();
    changeSetting('sparse.strategy', 'exact');
    await pass(subject);
    expect(subject.states().at(-1)?.mode).toMatchObject({ chosen: 'sparse', strategy: 'exact', effective: 'exact' });
  });
});

describe('actions', () => {
  test.each([
    ['showLog', 'bamboo.showLog'],
    ['restart', 'bamboo.restartWorker'],
    ['settings', 'workbench.action.openSettings'],
    ['chooseModel', 'bamboo.models.choose'],
  ])('%s runs %s', (action, name) => {
    const { page } = opened();
    let ran = 0;
    fake.commands.set(name, () => (ran += 1));
    page.say({ type: 'action', action });
    expect(ran).toBe(1);
  });

  test('a command that fails is a line in the log', async () => {
    const { page, logged } = opened();
    fake.commands.set('bamboo.showLog', () => {
      throw new Error('no channel');
    });
    page.say({ type: 'action', action: 'showLog' });
    await settle();
    expect(logged.join()).toContain('no channel');
  });

  test('reset begins anew, in the view too', async () => {
    const subject = opened();
    subject.metrics.recordShown(false);
    subject.page.say({ type: 'action', action: 'reset' });
    await pass(subject);
    expect(subject.states().at(-1)?.usefulness.shown).toBe(0);
    expect(fake.confirmations).toEqual(['Bamboo: the figures begin anew']);
  });

  test('export writes the figures where the user says', async () => {
    const subject = opened();
    subject.metrics.recordSuggestion(80, [measured('price;')]);
    workspace.workspaceFolders = [{ uri: Uri.file('/project') }];
    fake.saveTarget = Uri.file('/project/out.json');
    subject.page.say({ type: 'action', action: 'export' });
    await settle();
    const written = JSON.parse(fake.files.get('/project/out.json') ?? '') as Record<string, unknown>;
    expect(written).toMatchObject({ format: 'bamboo-metrics', version: 1, latency: { samples: 1, p50Ms: 80 } });
    expect(fake.confirmations).toEqual(['Bamboo: figures exported']);
  });

  test('export dismissed writes nothing; export that fails says so', async () => {
    setUp();
    await command('exportMetrics');
    expect(fake.files.size).toBe(0);
    fake.saveTarget = Uri.file('/full/out.json');
    fake.writeError = new Error('The disk is full.');
    await command('exportMetrics');
    expect(fake.messages).toEqual(['The figures could not be written. Choose another place: The disk is full.']);
  });

  test('everything registered goes away', () => {
    const subject = opened();
    for (const subscription of subject.dashboard.subscriptions) subscription.dispose();
    expect([fake.commands.size, fake.views.size, fake.statusItems.size, fake.configurationListeners.size]).toEqual([0, 0, 0, 0]);
    expect([fake.editorListeners.size, fake.documentListeners.size, subject.page.listeners]).toEqual([0, 0, 0]);
    subject.metrics.recordShown(false);
    expect(subject.timers.count).toBe(0);
  });
});
