// The public C++ API: load a model, generate tokens, compute logits.
// The addon, the CLI and the tests use only this folder.
#ifndef BAMBOO_ENGINE_H_
#define BAMBOO_ENGINE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bamboo/error.h"
#include "bamboo/generation_metrics.h"
#include "bamboo/pause_gate.h"

namespace bamboo {

enum class KvType {
  kF16,
  kQ8,  // int8 with a scale for each position and head: half the memory, a small loss
};

struct EngineOptions {
  std::string model_path;
  int threads = 0;             // 0: physical cores available to this process
  int64_t context_length = 0;  // positions in the KV cache; 0: the trained context, at most 4096
  KvType kv_type = KvType::kF16;
};

struct ModelInfo {
  std::string name;
  std::string architecture;
  int64_t file_bytes = 0;
  int64_t parameter_count = 0;
  int64_t context_length = 0;
  int64_t trained_context_length = 0;
  int64_t vocab_size = 0;
  int64_t n_layers = 0;
  int64_t d_model = 0;
  int64_t d_ff = 0;
  int threads = 0;
  std::string isa;
  double load_ms = 0;
  bool has_predictors = false;        // FfnMode::kPredicted is possible
  bool has_silent_neurons = false;    // ReLU gate: kExact skips neurons; SiLU: it computes all
  int64_t dense_bytes_per_token = 0;  // weight bytes of one decode step that computes every neuron
  int64_t kv_bytes = 0;               // allocated for keys and values
};

// Which feed-forward neurons are computed while decoding. Prefill computes all that matter in every
// mode: only kPredicted has other logits, and only for tokens that go through the decode path.
enum class FfnMode {
  kDense,      // every neuron
  kExact,      // gate of every neuron; up where the gate fires; down where the product is not zero:
               // the same bits as kDense
  kPredicted,  // the same order, among the neurons that the model's predictor expects to fire
};

// How predicted mode treats one layer; what a calibration pass chooses (docs/adr/0006).
struct LayerPolicy {
  FfnMode mode = FfnMode::kPredicted;  // a layer without a predictor is computed as kExact
  // Scores from here on count as predicted; in units of rms(x) for predictors on the residual.
  float threshold = 0;
  // Up is computed before gate, in exact mode too: for dReLU layers whose up fires less often.
  bool up_first = false;
};

struct SamplingParams {
  float temperature = 0;         // 0: greedy
  int top_k = 0;                 // 0: off
  float top_p = 1;               // 1: off
  float min_p = 0;               // 0: off
  float repetition_penalty = 1;  // 1: off; applies to the last 64 tokens
  uint64_t seed = 0;
};

inline constexpr int64_t kMaxDraftTokens = 15;
inline constexpr int64_t kDefaultDraftTokens = 8;  // bench/results/speculation.md

struct GenerateParams {
  std::span<const int32_t> prompt;  // at least one token
  int64_t max_tokens = 64;
  SamplingParams sampling;
  std::span<const int32_t> stop_tokens;
  std::span<const std::string> stop_strings;  // needs a vocabulary
  FfnMode mode = FfnMode::kExact;
  // The mode of the next token, when the caller may change it meanwhile; looked at before each
  // decode step. Null: `mode` throughout. Only modes that check_mode() lets pass.
  const std::atomic<FfnMode>* mode_now = nullptr;
  // Where the request waits, before every layer, while whoever owns the gate has paused it; the
  // wait is in no time and changes no bit. Null: it never waits. After setting `cancel`, wake it.
  PauseGate* pause = nullptr;
  // Tokens that prompt lookup may guess ahead of a decode step, 0 (off) to kMaxDraftTokens. Changes
  // the time, never the output.
  int64_t max_draft_tokens = kDefaultDraftTokens;
};

enum class StopReason { kEndToken, kStopString, kMaxTokens, kContextFull, kCancelled };

struct GenerateResult {
  StopReason stop_reason = StopReason::kMaxTokens;
  int64_t prompt_tokens = 0;
  int64_t reused_tokens = 0;  // prompt tokens whose keys and values were already cached
  int64_t generated_tokens = 0;
  double prefill_ms = 0;
  double decode_ms = 0;
  int64_t decode_bytes = 0;     // weights and KV read by the decode steps
  int64_t drafted_tokens = 0;   // guessed by prompt lookup
  int64_t accepted_tokens = 0;  // of these, right
  // Over the decode steps, those of wrong guesses included, as shares of all neurons: computed
  // because they were predicted (0 in other modes), and with a non-zero activation.
  double predicted_share = 0;
  double active_share = 0;
  GenerationMetrics metrics;
};

struct ProbeParams {
  std::span<const int32_t> tokens;
  int64_t first = 0;  // tokens before it are prefilled, the others go through the decode path
  int64_t every = 1;  // every how many decoded tokens are looked at
  FfnMode mode = FfnMode::kExact;  // of the decode path: errors of kPredicted compound as they do
};

// Neurons whose predictor score lies between two edges, over the probed tokens.
struct ScoreBin {
  int64_t neurons = 0;
  int64_t gate_fires = 0;
  int64_t active = 0;  // with a non-zero activation
  double mass = 0;     // sum of |activation| * ||down row||
};

// What dense mode would have computed in one layer, and what the predictor said.
struct LayerProbe {
  int64_t gate_row_bytes = 0;
  int64_t up_row_bytes = 0;
  int64_t down_row_bytes = 0;   // 0 where down is stored by output row
  int64_t predictor_bytes = 0;  // 0 without a predictor
  int64_t positions = 0;
  int64_t gate_fires = 0;
  int64_t up_fires = 0;
  int64_t active = 0;
  int64_t predicted = 0;  // scores that reach the threshold; 0 without a predictor
  int64_t hits = 0;       // predicted and active
  double mass = 0;
  double hit_mass = 0;
  std::vector<ScoreBin> bins;  // kScoreBins, in the units of LayerPolicy; empty without a predictor
};

inline constexpr int64_t kScoreBins = 512;

// Lower edge of a bin; the first bin has none. Even steps of log2(1 + 32 |score|), so that a few
// hundred bins resolve scores near zero as well as large ones.
float score_bin_edge(int64_t bin);

// Over the decode steps since the model was loaded, in every mode, those of wrong guesses included.
struct NeuronActivityCounts {
  int64_t steps = 0;
  std::vector<uint32_t> active;  // [n_layers, d_ff]: steps in which the neuron was not zero
};

struct TokenEvent {
  int32_t id;
  float log_prob;  // natural log, before penalties and filters
  std::string_view
      bytes;  // text that may be shown now; bytes that may begin a stop string are held back
};
using TokenSink = std::function<void(const TokenEvent&)>;

// One sequence at a time; not thread-safe except where noted.
class Engine {
 public:
  // Throws Error for a bad file, bad options or an instruction set that is not available.
  static std::unique_ptr<Engine> load(const EngineOptions& options);
  virtual ~Engine() = default;

  virtual const ModelInfo& info() const = 0;

  // The bytes of each token: offsets has vocab_size + 1 ascending entries into bytes. Throws
  // invalid-argument.
  virtual void set_vocabulary(std::string bytes, std::vector<uint32_t> offsets) = 0;

  // Throws invalid-argument for a mode that the model cannot run in. May be called from any thread.
  virtual void check_mode(FfnMode mode) const = 0;

  // Continues from the longest common prefix of the prompt and the cache. `cancel` may be set from
  // any thread and is looked at before every layer. Throws invalid-argument, context-overflow.
  virtual GenerateResult generate(const GenerateParams& params, const TokenSink& sink,
                                  const std::atomic<bool>& cancel) = 0;

  // Logits [tokens.size(), vocab_size] on an empty cache, prefilled in chunks of chunk_size (0: the
  // default), or token by token through the decode path when chunk_size is 1. Throws
  // invalid-argument, context-overflow.
  virtual std::vector<float> logits(std::span<const int32_t> tokens, int64_t chunk_size,
                                    FfnMode mode) = 0;

  // Decodes tokens[first..] and compares every so many of them with dense mode. Keeps cached keys
  // and values that a generate() of tokens[0, first) left. A cancelled probe returns what it has.
  // Throws invalid-argument, context-overflow.
  virtual std::vector<LayerProbe> probe(const ProbeParams& params,
                                        const std::atomic<bool>& cancel) = 0;

  // May be called from any thread, also while a request runs.
  virtual NeuronActivityCounts neuron_activity() const = 0;

  // One policy a layer; takes effect at the next request. Throws invalid-argument.
  virtual void set_policy(std::span<const LayerPolicy> layers) = 0;

  // Forgets the cached sequence.
  virtual void reset() = 0;
};

// What load() would say of a file, without what depends on its options: context_length, threads,
// isa, load_ms and kv_bytes are empty. Reads headers and norms, no other weights. Throws what
// load() throws for the file.
ModelInfo describe_model(const std::string& path);

// Main-memory read bandwidth in bytes per second: a sum over 1 GiB, best of several passes.
double measure_read_bandwidth(int threads);

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_H_
