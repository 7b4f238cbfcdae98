/**
 * What the question being typed would cost, kept up to date without starting a model for it.
 */
import type { Mention, TokenBudget } from '../protocol/chat';
import type { ChatBackend, ChatProfile } from './chatBackend';
import { budgetOf } from './composePrompt';
import type { StoredMessage } from './conversation';
import { LARGE_GUIDE } from './modelGuide';
import type { MentionText, ReadMention } from './mentionText';
import { estimateTokens, TokenCounts } from './tokenCounts';

export interface DraftInput {
  readonly text: string;
  readonly mentions: readonly Mention[];
  readonly earlier: readonly StoredMessage[];
  readonly earlierContexts: ReadonlyMap<string, readonly MentionText[]>;
}

/** Until a model runs nobody knows its context: the bundled model's, and counts by length. */
const UNKNOWN_MODEL: ChatProfile = {
  contextTokens: 2048,
  guide: LARGE_GUIDE,
  frame: { firstTokens: 8, exchangeTokens: 8 },
  estimated: true,
};

export const NO_BUDGET: TokenBudget = { available: 0, parts: [], trimmedMessages: 0, cutMentions: [] };

const ESTIMATED_COUNTS = new TokenCounts((texts) => Promise.resolve(texts.map(estimateTokens)));

export class DraftBudget {
  private latest = 0;
  private counts: { readonly backend: ChatBackend; readonly profile: ChatProfile | undefined; readonly counts: TokenCounts } | undefined;

  constructor(private readonly readMention: ReadMention) {}

  /** Of the model that runs now; another model counts differently, and it has another profile. */
  countsOf(backend: ChatBackend): TokenCounts {
    const { profile } = backend;
    if (this.counts?.backend !== backend || this.counts.profile !== profile) {
      this.counts = { backend, profile, counts: new TokenCounts((texts) => backend.countTokens(texts)) };
    }
    return this.counts.counts;
  }

  /** Undefined when a newer draft came meanwhile. */
  async of(draft: DraftInput, backend: ChatBackend): Promise<TokenBudget | undefined> {
    const turn = ++this.latest;
    const abort = new AbortController();
    const contexts: MentionText[] = [];
    for (const mention of draft.mentions) {
      const context = await this.readMention(mention, abort.signal).catch(() => undefined);
      if (turn !== this.latest) return undefined;
      if (context) contexts.push(context);
    }
    const profile = backend.profile ?? UNKNOWN_MODEL;
    const counts = backend.profile?.estimated === false && backend.model.state === 'ready' ? this.countsOf(backend) : ESTIMATED_COUNTS;
    const { earlier, earlierContexts, text: question } = draft;
    const budget = await budgetOf({ profile, counts, earlier, earlierContexts, question, contexts });
    return turn === this.latest ? { ...budget, ...(counts === ESTIMATED_COUNTS && { estimated: true }) } : undefined;
  }
}
