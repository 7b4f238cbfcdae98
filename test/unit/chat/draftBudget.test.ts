import { expect, test } from 'vitest';
import type { ChatBackend, ChatProfile } from '../../../src/chat/chatBackend';
import { DraftBudget } from '../../../src/chat/draftBudget';
import { fakeBackend, PROFILE } from './fakeBackend';

test('what one model counted is not taken for another one of the same backend', async () => {
  let profile: ChatProfile = PROFILE;
  let tokensPerText = 3;
  const backend: ChatBackend = {
    ...fakeBackend(),
    get profile() {
      return profile;
    },
    countTokens: (texts) => Promise.resolve(texts.map(() => tokensPerText)),
  };
  const budget = new DraftBudget(() => Promise.resolve(undefined));
  const cost = async () => (await budget.of({ text: 'Hello', mentions: [], earlier: [], earlierContexts: new Map() }, backend))?.parts;
  expect(await cost()).toEqual([{ label: 'your text', tokens: 3 }]);
  profile = { ...PROFILE };
  tokensPerText = 5;
  expect(await cost()).toEqual([{ label: 'your text', tokens: 5 }]);
  expect(await budget.countsOf(backend).of(['Hello'])).toEqual([5]);
});
