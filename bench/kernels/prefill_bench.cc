// Times the prefill of a whole model through the public API, interleaved A/B: each round runs every
// instruction set once in a process of its own. Usage:
//   prefill_bench MODEL.gguf [--tokens=1000] [--rounds=5] [--threads=2] [isa ...]
// Without names, the instruction set that the runtime chooses. Prints the median and the best of
// the rounds. Not a test: it checks no results.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bamboo/engine.h"

namespace bamboo {
namespace {

struct BenchOptions {
  std::string model;
  int64_t tokens = 1000;
  int rounds = 5;
  int threads = 2;
  std::vector<std::string> isas;
};

BenchOptions parse(int argc, char** argv) {
  BenchOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&argument](const std::string& name) {
      return argument.rfind(name, 0) == 0 ? argument.substr(name.size()) : std::string();
    };
    if (const std::string tokens = value("--tokens="); !tokens.empty()) {
      options.tokens = std::stoll(tokens);
    } else if (const std::string rounds = value("--rounds="); !rounds.empty()) {
      options.rounds = std::stoi(rounds);
    } else if (const std::string threads = value("--threads="); !threads.empty()) {
      options.threads = std::stoi(threads);
    } else if (options.model.empty()) {
      options.model = argument;
    } else {
      options.isas.push_back(argument);
    }
  }
  if (options.isas.empty()) options.isas.emplace_back();
  return options;
}

// Milliseconds of one prefill after a warm-up of the same length, in this process.
double prefill_ms(const BenchOptions& options) {
  const auto engine = Engine::load({options.model, options.threads, options.tokens + 16});
  std::vector<int32_t> tokens(static_cast<size_t>(options.tokens));
  for (size_t i = 0; i < tokens.size(); ++i) {
    tokens[i] = static_cast<int32_t>((i * i * 7 + i * 13 + 5) %
                                     static_cast<size_t>(engine->info().vocab_size));
  }
  const std::atomic<bool> never{false};
  GenerateParams params;
  params.prompt = tokens;
  params.max_tokens = 0;
  double ms = 0;
  for (int pass = 0; pass < 2; ++pass) {
    engine->reset();
    ms = engine
             ->generate(
                 params, [](const TokenEvent&) {}, never)
             .prefill_ms;
  }
  return ms;
}

// The same in a child process with BAMBOO_FORCE_ISA set: the choice is made once a process.
double prefill_ms_with(const BenchOptions& options, const std::string& isa) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    if (!isa.empty()) setenv("BAMBOO_FORCE_ISA", isa.c_str(), 1);
    const double ms = prefill_ms(options);
    _exit(write(ends[1], &ms, sizeof(ms)) == sizeof(ms) ? 0 : 1);
  }
  close(ends[1]);
  double ms = 0;
  if (read(ends[0], &ms, sizeof(ms)) != sizeof(ms)) std::abort();
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return ms;
}

void run(const BenchOptions& options) {
  std::vector<std::vector<double>> times(options.isas.size());
  for (int round = 0; round < options.rounds; ++round) {
    for (size_t i = 0; i < times.size(); ++i) {
      times[i].push_back(prefill_ms_with(options, options.isas[i]));
    }
  }
  for (size_t i = 0; i < times.size(); ++i) {
    std::sort(times[i].begin(), times[i].end());
    const double median = times[i][times[i].size() / 2];
    const std::string& isa = options.isas[i];
    std::printf("%-14s %ld tokens, %d threads: median %8.1f ms %8.0f tok/s, best %8.1f ms\n",
                isa.empty() ? "chosen" : isa.c_str(), static_cast<long>(options.tokens),
                options.threads, median, 1e3 * static_cast<double>(options.tokens) / median,
                times[i].front());
  }
}

}  // namespace
}  // namespace bamboo

int main(int argc, char** argv) {
  const bamboo::BenchOptions options = bamboo::parse(argc, argv);
  if (options.model.empty()) {
    std::fprintf(
        stderr,
        "usage: prefill_bench MODEL.gguf [--tokens=N] [--rounds=N] [--threads=N] [isa ...]\n");
    return 2;
  }
  bamboo::run(options);
  return 0;
}
