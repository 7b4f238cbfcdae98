/**
 * A promise that is settled from outside and can be waited for with an abort signal.
 * EngineClient's callers wait on one while the worker starts.
 */
export class Readiness<Value> {
  readonly value: Promise<Value>;
  private settled = false;
  private resolve: (value: Value | PromiseLike<Value>) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;

  constructor() {
    this.value = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Nobody may be waiting when it fails.
    this.value.catch(() => undefined);
  }

  succeed(value: Value): void {
    this.settled = true;
    this.resolve(value);
  }

  fail(error: Error): void {
    this.settled = true;
    this.reject(error);
  }

  /** Those who wait already keep waiting; a settled one is replaced. */
  renewed(): Readiness<Value> {
    return this.settled ? new Readiness() : this;
  }

  /** Undefined as soon as the signal aborts. */
  async valueUnlessAborted(signal: AbortSignal): Promise<Value | undefined> {
    if (signal.aborted) {
      return undefined;
    }
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<undefined>((resolve) => {
      onAbort = () => resolve(undefined);
      signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([this.value, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
