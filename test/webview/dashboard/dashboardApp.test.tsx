import { afterEach, describe, expect, it, vi } from 'vitest';
import { observedPlaces } from './fakeBrowser';
import { mountDashboard, type MountedDashboard } from './mountedDashboard';
import { DENSE, FAILED, FULL, STARTING, UNUSED } from './sampleStates';
import type { DashboardState } from '../../../src/protocol/dashboard';

let view: MountedDashboard;

function show(state?: DashboardState, memory?: unknown): MountedDashboard {
  view = mountDashboard(state, memory);
  return view;
}

afterEach(() => {
  vi.useRealTimers();
  view.unmount();
});

describe('the sparsity view', () => {
  it('says that it loads until the host has sent a state', () => {
    expect(show().text()).toContain('Loading');
    view.show(UNUSED);
    expect(view.text()).toContain('bamboo-nano');
  });

  it('says that the model loads, and promises nothing while it does', () => {
    const text = show(STARTING).text();
    expect(text).toContain('Loading the model…');
    expect(text).toContain('Applies as soon as the engine runs.');
    expect(text).not.toContain('tokens/s');
    expect(view.button('Compare now')?.getAttribute('aria-disabled')).toBe('true');
  });

  it('says why the engine failed and offers ways on', () => {
    expect(show(FAILED).text()).toContain('The model file a.gguf does not exist. Choose another.');
    for (const name of ['Restart', 'Choose model', 'Show log']) view.click(view.button(name));
    expect(view.sent).toEqual([
      { type: 'action', action: 'restart' },
      { type: 'action', action: 'chooseModel' },
      { type: 'action', action: 'showLog' },
    ]);
  });

  it('offers to choose a model where none is loaded', () => {
    show({ ...STARTING, engine: { kind: 'ready', restarts: 0 } });
    expect(view.text()).toContain('No model is loaded.');
    expect(view.button('Choose model')).toBeDefined();
  });

  it('says that the engine was restarted and how often', () => {
    expect(show({ ...FULL, engine: { kind: 'restarting', restarts: 2 } }).text()).toContain('Restarting… 2 restarts');
  });

  it('tells what to do before the first suggestion instead of showing empty charts', () => {
    const text = show(UNUSED).text();
    expect(text).toContain('Type somewhere: the first suggestion fills this view.');
    expect(text).toContain('Not measured yet');
    expect(text).not.toMatch(/fewer bytes|p50|Layers by tokens/);
  });

  it('puts what sparsity saves into one headline', () => {
    const headline = show(FULL).text('.headline');
    expect(headline).toContain('2.6× fewer bytes a token than dense');
    expect(headline).toContain('2.1× faster than dense on this machine');
    expect(headline).toContain('Over 256 tokens');
    expect(view.text('#sparsity-body')).toContain('Over 256 tokens (215 predicted, 41 dense)');
  });

  it('claims no speed that was not compared', () => {
    show({ ...FULL, comparison: { kind: 'none' } });
    expect(view.text()).not.toMatch(/(faster|slower) than dense/);
    view.click(view.root.querySelector('.headline vscode-button'));
    expect(view.sent).toEqual([{ type: 'action', action: 'compare' }]);
  });

  it('says how many tokens were guessed ahead', () => {
    show({ ...FULL, sparsity: { ...FULL.sparsity, passes: 156, tokens: 216 } });
    expect(view.text('.headline')).toContain('Over 216 tokens in 156 passes over the weights; dense is counted with as many');
    expect(view.text('#sparsity-body')).toContain('(215 predicted, 41 dense), 40 of them guessed ahead and not used');
  });

  it('claims no savings of completions that ran dense, and nothing of those before', () => {
    expect(show(DENSE).text('.headline')).toContain('The newest completions ran dense.');
    expect(view.text('.headline')).not.toMatch(/every token/i);
    expect(view.text('.headline')).not.toContain('×');
  });

  it('says so when sparse is slower', () => {
    const { comparison } = FULL;
    if (comparison.kind !== 'done') throw new Error('The sample holds a comparison.');
    show({ ...FULL, comparison: { ...comparison, sparse: { ...comparison.sparse, decodeMs: 804 } } });
    expect(view.text('.headline')).toContain('2.0× slower than dense on this machine');
  });

  it('shows the figures of the moment, and GPU memory only where it was measured', () => {
    const text = show(FULL).text();
    for (const figure of ['104', '38 ms', '212 MB', '12.6 MB', '3.50 GB', 'CPU · avx512vnni · 8 threads']) expect(text).toContain(figure);
    view.show({ ...FULL, now: { tokensPerSecond: 104.3 } });
    expect(view.text()).not.toContain('GPU memory');
    expect(view.text('#engine-body')).toContain('Not measured yet');
  });

  it('says that recall was not measured without a shadow check', () => {
    const { recall: _recall, ...unchecked } = FULL.sparsity;
    expect(show(FULL).text('#sparsity-body')).toContain('Over 48 tokens computed again, least in layer 2: 98 %');
    view.show({ ...FULL, sparsity: unchecked });
    expect(view.text('#sparsity-body')).toContain('Not measured yet. In predicted mode');
  });

  it('labels what was shown as an estimate and says why', () => {
    const text = show(FULL).text('#usefulness-body');
    expect(text).toContain('shown (estimate)');
    expect(text).toContain('VS Code does not tell extensions what it showed');
    expect(text).toContain('The model had nothing to add.61');
  });

  it('explains that exact mode reads every gate, and shows which neurons fire', () => {
    const choice = (): string | undefined => view.root.querySelector<HTMLSelectElement>('.chart-select')?.value;
    show(FULL);
    expect(view.text()).not.toContain('Exact mode reads the gate of every neuron');
    expect(choice()).toBe('computed');
    view.show({ ...FULL, sparsity: { ...FULL.sparsity, steps: { dense: 0, exact: 200, predicted: 0 }, computedShare: 1 } });
    expect(view.text('#sparsity-body')).toContain('Exact mode reads the gate of every neuron');
    expect(choice()).toBe('active');
    expect(view.text('[aria-controls=sparsity-body]')).toBe('Sparsity 12 % active');
  });

  it('exports, resets and opens the settings', () => {
    show(FULL);
    view.click(view.button('Export JSON'));
    view.click(view.button('Reset'));
    view.click(view.button('Settings'));
    expect(view.sent.map((message) => message.type === 'action' && message.action)).toEqual(['export', 'reset', 'settings']);
  });

  it('lets go of its charts when a section is folded or the view is removed', () => {
    show(FULL);
    const open = observedPlaces.size;
    expect(open).toBeGreaterThan(0);
    view.click(view.root.querySelector('[aria-controls="latency-body"]'));
    expect(observedPlaces.size).toBe(open - 2);
    expect(view.root.querySelectorAll('.uplot')).toHaveLength(0);
    view.click(view.root.querySelector('[aria-controls="latency-body"]'));
    expect(view.root.querySelectorAll('.uplot')).toHaveLength(2);
    view.unmount();
    expect(observedPlaces.size).toBe(0);
  });

  it('keeps one chart through many states', () => {
    show(FULL);
    const canvases = [...view.root.querySelectorAll('canvas')];
    for (let count = 1; count <= 20; count++) view.show({ ...FULL, latency: { ...FULL.latency, recent: [...FULL.latency.recent] } });
    expect([...view.root.querySelectorAll('canvas')]).toEqual(canvases);
  });
});

describe('folding', () => {
  it('folds a section, says so to a screen reader, and remembers it', () => {
    show(FULL);
    const heading = view.root.querySelector('[aria-controls="latency-body"]');
    expect(heading?.getAttribute('aria-expanded')).toBe('true');
    view.click(heading);
    expect(heading?.getAttribute('aria-expanded')).toBe('false');
    expect(view.text('#latency-body')).toBe('');
    expect(view.saved.at(-1)?.folded).toEqual(['latency']);
  });

  it('comes back as it was left', () => {
    show(FULL, { folded: ['engine'], tables: ['strip'], strip: 'active' });
    expect(view.text('#engine-body')).toBe('');
    expect(view.button('Show as chart: Layers by tokens')).toBeDefined();
    expect(view.root.querySelector<HTMLSelectElement>('.chart-select')?.value).toBe('active');
  });
});

describe('the switch', () => {
  const choice = (value: string): HTMLInputElement => {
    const input = view.root.querySelector<HTMLInputElement>(`input[value=${value}]`);
    if (input === null) throw new Error(`There is no choice ${value}.`);
    return input;
  };

  it('asks the host and shows at once what was asked for', () => {
    show(FULL);
    expect(choice('sparse').checked).toBe(true);
    expect(view.text('.mode-reason')).toContain(
      'Predicted: computes the neurons that its predictors expect; close to dense. It meets the fidelity bar',
    );
    view.click(choice('dense'));
    expect(view.sent).toEqual([{ type: 'setMode', mode: 'dense' }]);
    expect(choice('dense').checked).toBe(true);
    expect(view.text('.mode-reason')).toBe('Dense. From the next token on.');
  });

  it('stays on what was asked for while older states still arrive, then says what runs', () => {
    show(FULL);
    view.click(choice('dense'));
    view.show({ ...FULL, now: { tokensPerSecond: 1 } });
    expect(choice('dense').checked).toBe(true);
    view.show(DENSE);
    expect(view.text('.mode-reason')).toContain('Dense: every neuron is computed. Dense was asked for.');
  });

  it('goes back to what the host says when it never answers', async () => {
    vi.useFakeTimers();
    show(FULL);
    view.click(choice('dense'));
    await vi.advanceTimersByTimeAsync(3000);
    view.show({ ...FULL });
    expect(choice('sparse').checked).toBe(true);
  });

  it('warns when sparse was asked for and the model runs dense', () => {
    show({ ...FULL, mode: { chosen: 'sparse', strategy: 'auto', effective: 'dense', reason: 'Every neuron of this model fires.' } });
    expect(view.root.querySelector('.mode-reason .codicon-warning')).not.toBeNull();
    expect(view.text('.mode-reason')).toContain('Every neuron of this model fires.');
  });
});

describe('the comparison', () => {
  it('shows its progress and can be cancelled', () => {
    show({ ...FULL, comparison: { kind: 'running', done: 2, total: 6 } });
    expect(view.text('#comparison-body')).toContain('Comparing: run 3 of 6');
    view.click(view.button('Cancel'));
    expect(view.sent).toEqual([{ type: 'action', action: 'cancelCompare' }]);
  });

  it('says why it failed', () => {
    show({ ...FULL, comparison: { kind: 'failed', message: 'Open a file first.' } });
    expect(view.root.querySelector('[role=alert]')?.textContent).toContain('Open a file first.');
  });

  it('puts both sides beside each other and marks where the texts part', () => {
    show(FULL);
    expect(view.table('Comparison')).toEqual([
      ['Measure', 'Dense', 'Sparse'],
      ['Mode', 'Dense', 'Predicted'],
      ['Tokens/s', '52.2', '107'],
      ['First token', '38 ms', '38 ms'],
      ['Bytes per token', '62.3 MB', '24.1 MB'],
      ['Tokens', '21', '21'],
    ]);
    expect([...view.root.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['enabled', 'visible']);
  });

  it('says once that the text is the same', () => {
    const { comparison } = FULL;
    if (comparison.kind !== 'done') throw new Error('The sample holds a comparison.');
    show({ ...FULL, comparison: { ...comparison, sparse: { ...comparison.sparse, text: comparison.dense.text }, sameText: true } });
    expect(view.text('#comparison-body')).toContain('Both wrote the same text');
    expect(view.root.querySelectorAll('pre')).toHaveLength(1);
  });
});
