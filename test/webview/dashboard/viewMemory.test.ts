import { describe, expect, it } from 'vitest';
import { toggled, toViewMemory } from '../../../src/webview/dashboard/viewMemory';

const FRESH = { folded: [], tables: [] };

describe('what the view remembers', () => {
  it.each([[undefined], [null], ['folded'], [7], [[]], [{ folded: 'engine', tables: 3, strip: {} }]])('begins anew from %j', (saved) => {
    expect(toViewMemory(saved)).toEqual(FRESH);
  });

  it('keeps what it knows and drops the rest', () => {
    expect(toViewMemory({ folded: ['latency', 'gone', 7], tables: ['strip'], strip: 'active' })).toEqual({
      folded: ['latency'],
      tables: ['strip'],
      strip: 'active',
    });
  });

  it('toggles', () => {
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
    expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
  });
});
