// Times the prefill of a whole model through the public API, interleaved A/B: each round runs every
// instruction set once in a process of its own. Usage:
//   prefill_bench MODEL.gguf [--tokens=1000] [--ids=FILE] [--mode=exact|dense] [--rounds=5]
//                 [--threads=2] [isa ...]
// FILE holds token ids of real text with blanks between them: how many neurons fire depends on the
// text. Without it the ids are arbitrary. Without names, the instruction set that the runtime
// chooses. Prints the median and the best of the rounds, and the median of the processor time that
// all threads used, which other processes disturb less. Not a test: it checks no results.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "bamboo/engine.h"

namespace bamboo {
namespace {

struct BenchOptions {
  std::string model;
  std::string ids;
  FfnMode mode = FfnMode::kExact;
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
    } else if (const std::string ids = value("--ids="); !ids.empty()) {
      options.ids = ids;
    } else if (const std::string mode = value("--mode="); !mode.empty()) {
      options.mode = mode == "dense" ? FfnMode::kDense : FfnMode::kExact;
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

// The first `n` ids of the file, or arbitrary ones.
std::vector<int32_t> prompt_tokens(const std::string& path, int64_t n, int64_t vocab_size) {
  std::vector<int32_t> tokens;
  std::ifstream file(path);
  for (int32_t id = 0; static_cast<int64_t>(tokens.size()) < n && file >> id;) {
    tokens.push_back(id);
  }
  for (size_t i = tokens.size(); i < static_cast<size_t>(n); ++i) {
    tokens.push_back(
        static_cast<int32_t>((i * i * 7 + i * 13 + 5) % static_cast<size_t>(vocab_size)));
  }
  return tokens;
}

double processor_ms() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

// Milliseconds of one prefill.
struct Times {
  double wall = 0;
  double processor = 0;
};

// One prefill after a warm-up of the same length, in this process.
Times time_prefill(const BenchOptions& options) {
  const auto engine = Engine::load({options.model, options.threads, options.tokens + 16});
  const std::vector<int32_t> tokens =
      prompt_tokens(options.ids, options.tokens, engine->info().vocab_size);
  const std::atomic<bool> never{false};
  GenerateParams params;
  params.prompt = tokens;
  params.max_tokens = 0;
  params.mode = options.mode;
  Times times;
  for (int pass = 0; pass < 2; ++pass) {
    engine->reset();
    const double start = processor_ms();
    times.wall = engine
                     ->generate(
                         params, [](const TokenEvent&) {}, never)
                     .prefill_ms;
    times.processor = processor_ms() - start;
  }
  return times;
}

// The same in a child process with BAMBOO_FORCE_ISA set: the choice is made once a process.
Times time_prefill_with(const BenchOptions& options, const std::string& isa) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    if (!isa.empty()) setenv("BAMBOO_FORCE_ISA", isa.c_str(), 1);
    const Times times = time_prefill(options);
    _exit(write(ends[1], &times, sizeof(times)) == sizeof(times) ? 0 : 1);
  }
  close(ends[1]);
  Times times;
  if (read(ends[0], &times, sizeof(times)) != sizeof(times)) std::abort();
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return times;
}

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void run(const BenchOptions& options) {
  std::vector<std::vector<double>> wall(options.isas.size());
  std::vector<std::vector<double>> processor(options.isas.size());
  for (int round = 0; round < options.rounds; ++round) {
    for (size_t i = 0; i < wall.size(); ++i) {
      const Times times = time_prefill_with(options, options.isas[i]);
      wall[i].push_back(times.wall);
      processor[i].push_back(times.processor);
    }
  }
  for (size_t i = 0; i < wall.size(); ++i) {
    const double ms = median(wall[i]);
    const std::string& isa = options.isas[i];
    std::printf(
        "%-14s %ld tokens, %d threads: median %8.1f ms %8.0f tok/s, best %8.1f ms, processor %8.1f "
        "ms\n",
        isa.empty() ? "chosen" : isa.c_str(), static_cast<long>(options.tokens), options.threads,
        ms, 1e3 * static_cast<double>(options.tokens) / ms, wall[i].front(), median(processor[i]));
  }
}

}  // namespace
}  // namespace bamboo

int main(int argc, char** argv) {
  const bamboo::BenchOptions options = bamboo::parse(argc, argv);
  if (options.model.empty()) {
    std::fprintf(stderr,
                 "usage: prefill_bench MODEL.gguf [--tokens=N] [--ids=FILE] [--mode=exact|dense] "
                 "[--rounds=N] [--threads=N] [isa ...]\n");
    return 2;
  }
  bamboo::run(options);
  return 0;
}
