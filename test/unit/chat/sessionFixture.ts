/**
 * A chat session over a fake model, a storage in memory and a clock that stands still.
 */
import { ChatHistory, type ChatStorage } from '../../../src/chat/chatHistory';
import { ChatSession } from '../../../src/chat/chatSession';
import type { ChatEvent } from '../../../src/chat/sessionEvent';
import { boundedMention, type MentionText } from '../../../src/chat/mentionText';
import type { ChatMessage, Mention } from '../../../src/protocol/chat';
import { manualClock, settle, type ManualClock } from '../completion/controlledEngine';
import { fakeBackend, type FakeBackend, type OpenAnswer } from './fakeBackend';

export interface MemoryStorage extends ChatStorage {
  readonly values: Map<string, unknown>;
}

export function memoryStorage(values: Readonly<Record<string, unknown>> = {}): MemoryStorage {
  const stored = new Map(Object.entries(values));
  return {
    values: stored,
    read: (key) => stored.get(key),
    write: (key, value) => {
      stored.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };
}

export interface SessionFixture {
  readonly session: ChatSession;
  readonly backend: FakeBackend;
  readonly storage: MemoryStorage;
  readonly history: ChatHistory;
  readonly clock: ManualClock;
  readonly events: ChatEvent[];
  readonly warnings: string[];
  /** What mentions say, by id; a missing one cannot be read. */
  readonly mentionTexts: Map<string, string>;
  selection: Mention | undefined;
  message(index: number): ChatMessage;
  texts(): string[];
}

export const SELECTION: Mention = { kind: 'selection', label: 'selection', id: 'sel' };

export function sessionFixture(backend = fakeBackend(), storage = memoryStorage()): SessionFixture {
  const clock = manualClock();
  const warnings: string[] = [];
  const events: ChatEvent[] = [];
  const mentionTexts = new Map([['sel', 'const total = 1;']]);
  const history = new ChatHistory({ storage, schedule: clock.schedule, warn: (message) => warnings.push(message) });
  let ids = 0;
  const textOf = (label: string, text: string): MentionText => boundedMention({ label, languageId: 'typescript', text });
  const session = new ChatSession({
    history,
    backend: () => backend,
    readMention: ({ id, label }) => {
      const text = mentionTexts.get(id);
      return Promise.resolve(text === undefined ? undefined : textOf(label, text));
    },
    selection: () => fixture.selection,
    readStagedChanges: () => Promise.resolve(textOf('staged changes', '+ added line')),
    endsInLoop: (text) => text.endsWith('la la la la'),
    newId: () => `m${(ids += 1)}-${storage.values.size}`,
    newSeed: () => 7,
    nowMs: () => 1_000 + clock.now(),
  });
  session.onEvent((event) => events.push(event));
  const fixture: SessionFixture = {
    ...{ session, backend, storage, history, clock, events, warnings, mentionTexts },
    selection: undefined,
    message: (index) => {
      const message = session.state.current.messages[index];
      if (!message) throw new Error(`no message ${index}`);
      return message;
    },
    texts: () => session.state.current.messages.map((message) => message.text),
  };
  return fixture;
}

export async function ask(fixture: SessionFixture, text: string, mentions = [] as (typeof SELECTION)[]): Promise<OpenAnswer> {
  void fixture.session.send(text, mentions);
  await settle();
  const answer = fixture.backend.answers.at(-1);
  if (!answer) throw new Error('the model was not asked');
  return answer;
}

export async function exchange(fixture: SessionFixture, text: string, answered: string): Promise<void> {
  const answer = await ask(fixture, text);
  answer.stream(answered);
  answer.finish();
  await settle();
}
