/**
 * A replay from sessions to its report: every session in every mode, one after the other, so that a machine that slows down slows all modes.
 */
import type { Generate } from '../../completion/completeOnce';
import type { Timers } from '../../engine/timers';
import type { FfnMode, ModelDescription } from '../../protocol/engineProtocol';
import { editorProvider } from './editorProvider';
import { kindOfKey, pauseBeforeKeyMs } from './keySchedule';
import { percentileOf, ReplayTally, type ReplayFigures } from './replayTally';
import type { AcceptPolicy } from './acceptance';
import { TypedDocument } from './typedDocument';
import { typeSession, type TypistParts } from './typist';
import type { TypingSession } from './typingSession';

export interface ReplayLane {
  readonly mode: FfnMode;
  readonly model: Pick<ModelDescription, 'contextLength' | 'promptForm'>;
  readonly generate: Generate;
}

export interface Typing {
  readonly seed: number;
  /** Divides every pause and the editor's wait; the engine keeps its own pace. */
  readonly speed: number;
  readonly accept: AcceptPolicy;
}

export interface ReplayParts {
  readonly timers: Timers;
  readonly typing: Typing;
  /** Called before a session begins. */
  readonly onSession: (session: TypingSession, index: number) => void;
}

/** A call in a file that the worker has not seen, with nobody typing on. */
export interface ColdFigures {
  readonly coldP50Ms: number | null;
  readonly coldP95Ms: number | null;
  readonly coldCalls: number;
  /** Mean of the tokens that such a call had to run. */
  readonly coldPromptTokens: number | null;
}

export type ModeFigures = { readonly mode: FfnMode } & ReplayFigures;

/** Asks once in every file, where its session begins. The workers must be new, and are of no use for the replay afterwards. */
export async function askInColdFiles(
  sessions: readonly TypingSession[],
  lanes: readonly ReplayLane[],
  timers: Timers,
): Promise<ColdFigures[]> {
  const running = lanes.map(({ model, generate }) => {
    const tally = new ReplayTally();
    return { tally, ask: editorProvider(generate, model, timers, tally), timesMs: [] as number[] };
  });
  for (const session of sessions) {
    for (const { ask, timesMs } of running) {
      const startMs = timers.nowMs();
      await ask(new TypedDocument(session).context(), new AbortController().signal);
      timesMs.push(timers.nowMs() - startMs);
    }
  }
  return running.map(({ tally, timesMs }) => ({
    coldP50Ms: percentileOf(timesMs, 50),
    coldP95Ms: percentileOf(timesMs, 95),
    coldCalls: timesMs.length,
    coldPromptTokens: timesMs.length === 0 ? null : tally.figures().tokens.recomputed / timesMs.length,
  }));
}

export async function replaySessions(
  sessions: readonly TypingSession[],
  lanes: readonly ReplayLane[],
  { timers, typing, onSession }: ReplayParts,
): Promise<ModeFigures[]> {
  const running = lanes.map(({ mode, model, generate }) => {
    const tally = new ReplayTally();
    return { mode, tally, ask: editorProvider(generate, model, timers, tally) };
  });
  const { seed, speed, accept } = typing;
  const pauseMs: TypistParts['pauseMs'] = (kind, place) => pauseBeforeKeyMs(seed, kind, place);
  for (const [index, session] of sessions.entries()) {
    onSession(session, index);
    for (const { ask, tally } of running) await typeSession(session, { ask, timers, tally, accept, pauseMs, speed });
  }
  return running.map(({ mode, tally }) => ({ mode, ...tally.figures() }));
}

/** How long typing every session once would take if nothing were accepted. */
export function typingMs(sessions: readonly TypingSession[], { seed, speed }: Typing): number {
  const pauses = sessions.map(({ id, typed }) => {
    const pauseAt = (offset: number): number => {
      const kind = offset === 0 ? 'first' : kindOfKey(typed.slice(0, offset), typed.slice(offset));
      return pauseBeforeKeyMs(seed, kind, { sessionId: id, offset });
    };
    return Array.from({ length: typed.length }, (_, offset) => pauseAt(offset)).reduce((sum, ms) => sum + ms, 0);
  });
  return pauses.reduce((sum, ms) => sum + ms, 0) / speed;
}
