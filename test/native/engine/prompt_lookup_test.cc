// Guessing the next tokens from the text so far, and how many are guessed.
#include "engine/prompt_lookup.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/draft_length.h"

namespace bamboo {
namespace {

using Tokens = std::vector<int32_t>;

Tokens propose(const PromptLookup& lookup, size_t n) {
  Tokens draft(n, -1);
  draft.resize(static_cast<size_t>(lookup.propose(draft)));
  return draft;
}

Tokens propose_after(const Tokens& text, size_t n) {
  PromptLookup lookup(64);
  lookup.restart(text);
  return propose(lookup, n);
}

TEST(PromptLookupTest, GuessesWhatFollowedTheSameTokens) {
  EXPECT_EQ(propose_after({1, 2, 3, 4, 5, 9, 1, 2}, 3), (Tokens{3, 4, 5}));
}

TEST(PromptLookupTest, GuessesNothingWithoutAMatchOfTwoTokens) {
  EXPECT_EQ(propose_after({}, 3), Tokens{});
  EXPECT_EQ(propose_after({7}, 3), Tokens{});
  EXPECT_EQ(propose_after({7, 7}, 3), Tokens{});
  EXPECT_EQ(propose_after({1, 2, 3, 4, 5}, 3), Tokens{});
  EXPECT_EQ(propose_after({1, 2, 3, 9, 2}, 3), Tokens{}) << "one token in common is too little";
}

TEST(PromptLookupTest, PrefersTheLongestMatch) {
  // "3 1 2" occurred once, the pair "1 2" again later.
  EXPECT_EQ(propose_after({3, 1, 2, 40, 8, 1, 2, 50, 3, 1, 2}, 1), Tokens{40});
}

TEST(PromptLookupTest, PrefersTheNewestOfEquallyLongMatches) {
  EXPECT_EQ(propose_after({8, 1, 2, 40, 9, 1, 2, 50, 7, 1, 2}, 1), Tokens{50});
}

TEST(PromptLookupTest, GoesOnWithARepetitionBeyondTheTextsEnd) {
  EXPECT_EQ(propose_after({5, 6, 7, 5, 6, 7}, 7), (Tokens{5, 6, 7, 5, 6, 7, 5}));
  EXPECT_EQ(propose_after({4, 4, 4}, 4), (Tokens{4, 4, 4, 4}));
}

TEST(PromptLookupTest, LearnsFromAppendedTokens) {
  PromptLookup lookup(64);
  lookup.restart(Tokens{1, 2, 3});
  lookup.append(1);
  EXPECT_EQ(propose(lookup, 2), Tokens{});
  lookup.append(2);
  EXPECT_EQ(propose(lookup, 2), (Tokens{3, 1}));
}

TEST(PromptLookupTest, ForgetsTheTextBeforeARestart) {
  PromptLookup lookup(64);
  lookup.restart(Tokens{1, 2, 3, 4});
  lookup.restart(Tokens{9, 1, 2});
  EXPECT_EQ(propose(lookup, 2), Tokens{});
}

TEST(PromptLookupTest, LooksAtNothingBeyondItsCapacity) {
  PromptLookup lookup(4);
  lookup.restart(Tokens{1, 2, 3, 4, 1, 2});
  EXPECT_EQ(propose(lookup, 2), Tokens{});
  lookup.append(1);
  lookup.append(2);
  EXPECT_EQ(propose(lookup, 2), Tokens{});
}

TEST(PromptLookupTest, TheCostOfAStepIsBoundedInATextOfOnePair) {
  // The wanted place is older than the places that are looked at: it is not found, by design.
  Tokens text{9, 1, 2, 40};
  for (int i = 0; i < 2 * PromptLookup::kMaxPlaces; ++i) text.insert(text.end(), {8, 1, 2, 50});
  text.insert(text.end(), {9, 1, 2});
  PromptLookup lookup(static_cast<int64_t>(text.size()));
  lookup.restart(text);
  EXPECT_EQ(propose(lookup, 1), Tokens{50});
}

TEST(DraftLengthTest, GrowsWhileEverythingIsAccepted) {
  DraftLength length(15);
  const int64_t first = length.next();
  length.learn(first, first);
  const int64_t second = length.next();
  EXPECT_GT(second, first);
  length.learn(second, second);
  length.learn(15, 15);
  EXPECT_EQ(length.next(), 15);
}

TEST(DraftLengthTest, ShrinksToWhatWasAccepted) {
  DraftLength length(15);
  length.learn(8, 8);
  length.learn(12, 3);
  EXPECT_EQ(length.next(), 3);
}

TEST(DraftLengthTest, RestsLongerAfterEveryMissAndNoLongerThanSixteenSteps) {
  DraftLength length(8);
  std::vector<int> rests;
  for (int miss = 0; miss < 7; ++miss) {
    int rest = 0;
    while (length.next() == 0) ++rest;
    rests.push_back(rest);
    length.learn(4, 0);
  }
  EXPECT_EQ(rests, (std::vector<int>{0, 0, 1, 3, 7, 15, 15}));
}

TEST(DraftLengthTest, OneRightGuessEndsTheRests) {
  DraftLength length(8);
  for (int miss = 0; miss < 5; ++miss) {
    while (length.next() == 0) continue;
    length.learn(1, 0);
  }
  while (length.next() == 0) continue;
  length.learn(1, 1);
  length.learn(2, 0);
  EXPECT_GT(length.next(), 0);
}

TEST(DraftLengthTest, NeverExceedsTheLimit) {
  for (const int64_t most : {0, 1, 3}) {
    DraftLength length(most);
    EXPECT_LE(length.next(), most);
    length.learn(most, most);
    EXPECT_LE(length.next(), most);
  }
}

}  // namespace
}  // namespace bamboo
