/**
 * Completions go before chat: while one is being generated the chat engine is paused, from before it is asked for until a little after the last has ended.
 * It knows neither engine: it wraps the completions' generate and says when chat may compute.
 */
import type { EngineClient } from '../engine/engineClient';
import type { Schedule } from './chatHistory';

type Generate = EngineClient['generate'];

/** Between two keystrokes; resuming for less would only flap. */
const RESUME_DELAY_MS = 300;

export class EngineTurns {
  private running = 0;
  private isPaused = false;
  private cancelResume: (() => void) | undefined;
  private readonly listeners = new Set<(paused: boolean) => void>();

  constructor(private readonly schedule: Schedule) {}

  /** Whether chat has to wait. */
  get paused(): boolean {
    return this.isPaused;
  }

  /** Called before the completion is asked for. Returns a function that ends the subscription. */
  onDidChange(listener: (paused: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The same generate, with chat paused while it runs. */
  beforeChat(generate: Generate): Generate {
    return async (request, signal, onTokens, onRestart) => {
      this.begin();
      try {
        return await generate(request, signal, onTokens, onRestart);
      } finally {
        this.end();
      }
    };
  }

  private begin(): void {
    this.running += 1;
    this.cancelResume?.();
    this.cancelResume = undefined;
    this.set(true);
  }

  private end(): void {
    this.running -= 1;
    if (this.running > 0) return;
    this.cancelResume = this.schedule(RESUME_DELAY_MS, () => {
      this.cancelResume = undefined;
      this.set(false);
    });
  }

  private set(paused: boolean): void {
    if (paused === this.isPaused) return;
    this.isPaused = paused;
    for (const listener of [...this.listeners]) listener(paused);
  }
}
