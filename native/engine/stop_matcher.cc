#include "engine/stop_matcher.h"

#include <algorithm>
#include <utility>

namespace bamboo {

StopMatcher::Step StopMatcher::push(std::string_view bytes) {
  held_ += bytes;
  size_t found = std::string::npos;
  for (const std::string& stop : stops_) {
    if (!stop.empty()) found = std::min(found, held_.find(stop));
  }
  if (found != std::string::npos) {
    held_.resize(found);
    return {std::exchange(held_, {}), true};
  }
  // The longest end of what we have that begins a stop string may not be shown yet.
  size_t keep = 0;
  for (const std::string& stop : stops_) {
    for (size_t n = std::min(stop.empty() ? 0 : stop.size() - 1, held_.size()); n > keep; --n) {
      if (held_.ends_with(std::string_view(stop).substr(0, n))) keep = n;
    }
  }
  Step step{held_.substr(0, held_.size() - keep), false};
  held_.erase(0, held_.size() - keep);
  return step;
}

std::string StopMatcher::flush() { return std::exchange(held_, {}); }

}  // namespace bamboo
