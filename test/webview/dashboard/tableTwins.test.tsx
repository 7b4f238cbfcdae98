import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mountDashboard, type MountedDashboard } from './mountedDashboard';
import { FULL } from './sampleStates';

let view: MountedDashboard;

beforeEach(() => {
  view = mountDashboard(FULL);
});

afterEach(() => view.unmount());

describe('the table beside a chart', () => {
  it('holds each request with its parts, newest first', () => {
    expect(view.table('Time of the last suggestions, ms').slice(1)).toEqual([
      ['Newest', 'Predicted', '226 ms', '1.0 ms', '22 ms', '200 ms', '3.0 ms', '812', '17', '21'],
      ['1 earlier', 'Dense', '426 ms', '1.0 ms', '22 ms', '400 ms', '3.0 ms', '812', '17', '21'],
    ]);
  });

  it('holds the tokens a second of each request', () => {
    expect(view.table('Tokens a second').slice(1)).toEqual([
      ['Newest', 'Predicted', '100', '21'],
      ['1 earlier', 'Dense', '50.0', '21'],
    ]);
  });

  it('holds the mean and the newest share of each layer, and its recall', () => {
    expect(view.table('Layers by tokens')).toEqual([
      ['Layer', 'Mean', 'Newest token', 'Weight of what they add'],
      ['1', '6.9 %', '12 %', '99.0 %'],
      ['2', '14 %', '24 %', '98 %'],
      ['3', '21 %', '35 %', '99.5 %'],
      ['4', '27 %', '47 %', '99.8 %'],
    ]);
  });

  it('follows the strip to the active share', () => {
    const select = view.root.querySelector<HTMLSelectElement>('.chart-select');
    if (select === null) throw new Error('There is no choice of strips.');
    select.value = 'active';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    view.show({ ...FULL });
    expect(view.table('Layers by tokens')[4]?.slice(0, 3)).toEqual(['4', '11 %', '19 %']);
    expect(view.saved.at(-1)?.strip).toBe('active');
  });

  it('holds bytes and time of a token by phase', () => {
    expect(view.table('Bytes per token').slice(1)).toEqual([
      ['Attention', '9.10 MB', '38 %'],
      ['Predictor', '1.60 MB', '6.7 %'],
      ['Feed-forward', '7.40 MB', '31 %'],
      ['Output head', '5.90 MB', '25 %'],
    ]);
    expect(view.table('Time per token').map((row) => row[1])).toEqual(['Amount', '1.9 ms', '0.42 ms', '4.1 ms', '1.2 ms', '0.21 ms']);
  });

  it('holds reused and computed prompt tokens and the hot share of each layer', () => {
    expect(view.table('Prompt tokens').slice(1)).toEqual([
      ['Reused from the cache', '84,120', '96 %'],
      ['Computed anew', '3,211', '3.7 %'],
    ]);
    expect(view.table('By layer').slice(1)).toEqual([
      ['1', '8.0 %'],
      ['2', '15 %'],
      ['3', '12 %'],
      ['4', '10 %'],
    ]);
  });

  it('takes the place of the drawing when asked, and gives it back', () => {
    const hidden = (): boolean => view.root.querySelector('#sparsity-body canvas') === null;
    expect(hidden()).toBe(false);
    view.click(view.button('Show as table: Layers by tokens'));
    expect(hidden()).toBe(true);
    expect(view.root.querySelector('#sparsity-body .table-scroll table')).not.toBeNull();
    expect(view.saved.at(-1)?.tables).toEqual(['strip']);
    view.click(view.button('Show as chart: Layers by tokens'));
    expect(hidden()).toBe(false);
  });
});
