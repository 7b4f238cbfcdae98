// Finds stop strings in a stream of bytes and holds back what might be the beginning of one.
#ifndef BAMBOO_ENGINE_STOP_MATCHER_H_
#define BAMBOO_ENGINE_STOP_MATCHER_H_

#include <span>
#include <string>
#include <string_view>

namespace bamboo {

class StopMatcher {
 public:
  // Empty strings are ignored. The span must outlive the matcher.
  explicit StopMatcher(std::span<const std::string> stops) : stops_(stops) {}

  struct Step {
    std::string text;      // safe to show
    bool stopped = false;  // a stop string was found; text ends before it
  };

  Step push(std::string_view bytes);

  // What was held back, when generation ended for another reason.
  std::string flush();

 private:
  std::span<const std::string> stops_;
  std::string held_;
};

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_STOP_MATCHER_H_
