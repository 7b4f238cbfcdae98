/**
 * What the simulated browser lacks and the view uses: layout, canvas drawing, form values of custom elements.
 * Must be imported before the view, since uPlot asks for the screen's resolution while it loads.
 */

export const VIEW_WIDTH_PX = 300;

/** Places that are observed now; the view must let go of those that it removed. */
export const observedPlaces = new Set<Element>();

class FakeResizeObserver implements ResizeObserver {
  private readonly own = new Set<Element>();

  constructor(private readonly listener: ResizeObserverCallback) {}

  observe(place: Element): void {
    this.own.add(place);
    observedPlaces.add(place);
    this.listener([], this);
  }

  unobserve(place: Element): void {
    this.own.delete(place);
    observedPlaces.delete(place);
  }

  disconnect(): void {
    for (const place of this.own) this.unobserve(place);
  }
}

/** Every call is accepted; reading back gives what was set. */
function fakeContext(): object {
  const known: Record<string | symbol, unknown> = {
    createImageData: (width: number, height: number) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) }),
    measureText: () => ({ width: 10 }),
  };
  return new Proxy(known, { get: (target, name) => target[name] ?? (() => undefined) });
}

Object.assign(globalThis, {
  ResizeObserver: FakeResizeObserver,
  // Paths are only handed on to the drawing.
  Path2D: function () {
    return fakeContext();
  },
  matchMedia: () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }),
});
Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => VIEW_WIDTH_PX });
Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', { configurable: true, value: fakeContext });
HTMLElement.prototype.attachInternals = () => ({ setFormValue: () => undefined, form: null }) as unknown as ElementInternals;

// The page of the view has it; icons complain without.
const codicons = document.createElement('link');
codicons.id = 'vscode-codicon-stylesheet';
document.head.append(codicons);
