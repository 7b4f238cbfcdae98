#include "engine/stop_matcher.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bamboo {
namespace {

TEST(StopMatcherTest, PassesTextThroughWithoutStops) {
  StopMatcher matcher({});
  EXPECT_EQ(matcher.push("abc").text, "abc");
  EXPECT_EQ(matcher.flush(), "");
}

TEST(StopMatcherTest, HoldsBackOnlyWhatMayBeginAStop) {
  const std::vector<std::string> stops{"\n\n"};
  StopMatcher matcher(stops);
  EXPECT_EQ(matcher.push("a\n").text, "a");
  EXPECT_EQ(matcher.push("b").text, "\nb");
  EXPECT_EQ(matcher.push("\n").text, "");
  const auto step = matcher.push("\nrest");
  EXPECT_TRUE(step.stopped);
  EXPECT_EQ(step.text, "");
}

TEST(StopMatcherTest, TakesTheEarliestOfSeveralStops) {
  const std::vector<std::string> stops{"END", "N", ""};
  StopMatcher matcher(stops);
  const auto step = matcher.push("xxEND");
  EXPECT_TRUE(step.stopped);
  EXPECT_EQ(step.text, "xx");
}

TEST(StopMatcherTest, RecoversFromAFalseStart) {
  const std::vector<std::string> stops{"aab"};
  StopMatcher matcher(stops);
  EXPECT_EQ(matcher.push("a").text, "");
  EXPECT_EQ(matcher.push("a").text, "");
  EXPECT_EQ(matcher.push("a").text, "a") << "the last two letters may still begin the stop";
  const auto step = matcher.push("b!");
  EXPECT_TRUE(step.stopped);
  EXPECT_EQ(step.text, "");
}

TEST(StopMatcherTest, GivesBackWhatWasHeldAtTheEnd) {
  const std::vector<std::string> stops{"```"};
  StopMatcher matcher(stops);
  EXPECT_EQ(matcher.push("x``").text, "x");
  EXPECT_EQ(matcher.flush(), "``");
}

}  // namespace
}  // namespace bamboo
