import { describe, expect, it } from 'vitest';
import { chooseLayer, type LayerObservation } from '../../../src/model/sparsityPolicy';

/** 100 neurons; the predictor gives the 10 active ones scores of 1 and most of the mass to half of them. */
function layer(change: Partial<LayerObservation> = {}): LayerObservation {
  return {
    neurons: 100,
    gateFires: 0.3,
    upFires: 0.3,
    active: 0.1,
    gateRowBytes: 400,
    upRowBytes: 400,
    downRowBytes: 400,
    predictorBytes: 5000,
    scores: {
      edges: Float32Array.of(-2, -1, 0, 1),
      neurons: Float64Array.of(600, 200, 150, 50),
      gateFires: Float64Array.of(100, 60, 90, 50),
      active: Float64Array.of(0, 10, 40, 50),
      mass: Float64Array.of(0, 1, 9, 90),
    },
    ...change,
  };
}

describe('the policy of a layer', () => {
  it('takes the highest threshold that keeps the mass', () => {
    expect(chooseLayer(layer(), 0.9)).toMatchObject({ mode: 'predicted', threshold: 1, kept: 0.05, recall: 0.5, massRecall: 0.9 });
    expect(chooseLayer(layer(), 0.91)).toMatchObject({ threshold: 0, kept: 0.2, recall: 0.9, massRecall: 0.99 });
    expect(chooseLayer(layer(), 1)).toMatchObject({ threshold: -1, kept: 0.4, recall: 1, massRecall: 1 });
  });

  it('counts the rows that are read: gate of the kept, up where the gate fires, down where both do', () => {
    // of 100 neurons 20 are kept, 14 of them have a positive gate, 9 are active
    expect(chooseLayer(layer(), 0.99).bytes).toBe(5000 + 400 * (20 + 14 + 9));
    expect(chooseLayer(layer({ predictorBytes: 0 }), 0.99).bytes).toBe(400 * (100 + 30 + 10));
  });

  it('is exact where there is no predictor, or where it costs more than it saves', () => {
    expect(chooseLayer(layer({ predictorBytes: 0 }), 0.9)).toMatchObject({ mode: 'exact', kept: 1, massRecall: 1 });
    expect(chooseLayer(layer({ predictorBytes: 60_000 }), 0.9).mode).toBe('exact');
  });

  it('computes up first where it fires clearly less often', () => {
    const without = layer({ predictorBytes: 0 });
    expect(chooseLayer({ ...without, upFires: 0.1 }, 0.9)).toMatchObject({ upFirst: true, bytes: 400 * (100 + 10 + 10) });
    expect(chooseLayer({ ...without, upFires: 0.29 }, 0.9).upFirst).toBe(false);
  });

  it('takes at least the best bin of a layer that never fired', () => {
    const silent = layer({ scores: { ...layer().scores, mass: new Float64Array(4), active: new Float64Array(4) } });
    expect(chooseLayer(silent, 0.9).threshold).toBe(1);
  });
});
