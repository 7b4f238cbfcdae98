// Owns a loaded model and its one sequence, and checks arguments before anything runs.
#include "bamboo/engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/generation_loop.h"
#include "engine/sampler.h"
#include "kernels/dispatch.h"
#include "model/ffn_probe.h"
#include "threading/cpu_topology.h"

namespace bamboo {
namespace {

constexpr int64_t kDefaultContextLimit = 4096;
constexpr int kMaxThreads = 256;

int64_t choose_context_length(const ModelConfig& config, int64_t asked) {
  if (asked < 0 || asked > config.context_length) {
    throw Error(ErrorCode::kInvalidArgument,
                "the context length must be between 0 and the trained " +
                    std::to_string(config.context_length));
  }
  return asked > 0 ? asked : std::min(config.context_length, kDefaultContextLimit);
}

int choose_threads(int asked) {
  if (asked < 0 || asked > kMaxThreads) {
    throw Error(ErrorCode::kInvalidArgument, "the number of threads must be between 0 and 256");
  }
  return asked > 0 ? asked : available_physical_cores();
}

ModelInfo info_of(const GgufReader& file, const ModelConfig& config, const Weights& weights) {
  ModelInfo info;
  info.name = config.name;
  info.architecture = config.architecture;
  info.file_bytes = file.file_bytes();
  for (const GgufTensor& tensor : file.tensors())
    info.parameter_count += tensor.rows() * tensor.cols();
  info.trained_context_length = config.context_length;
  info.vocab_size = config.vocab_size;
  info.n_layers = config.n_layers;
  info.d_model = config.d_model;
  info.d_ff = config.d_ff;
  info.has_predictors = weights.has_predictors();
  info.has_silent_neurons = config.activation != Activation::kSilu;
  info.dense_bytes_per_token = weights.dense_bytes_per_token();
  return info;
}

class LoadedEngine final : public Engine {
 public:
  LoadedEngine(std::unique_ptr<GgufReader> file, const EngineOptions& options)
      : file_(std::move(file)),
        kernels_(kernels()),
        config_(read_model_config(*file_)),
        weights_(read_weights(*file_, config_)),
        context_length_(choose_context_length(config_, options.context_length)),
        pool_(choose_threads(options.threads)),
        rope_(context_length_ + 15, config_.rotary_dim, config_.rope_theta),
        cache_(config_, context_length_, options.kv_type),
        act_(config_, weights_.max_predictor_rank(), std::min(kPrefillChunk, context_length_),
             cache_.capacity(), pool_.size()),
        activity_(config_.n_layers, config_.d_ff),
        logits_(static_cast<size_t>((1 + kMaxDraftTokens) * config_.vocab_size)),
        lookup_(cache_.capacity()),
        info_(info_of(*file_, config_, weights_)) {
    info_.context_length = context_length_;
    info_.threads = pool_.size();
    info_.isa = kernels_.isa;
    info_.kv_bytes = cache_.bytes();
  }

  const ModelInfo& info() const override { return info_; }
  void set_load_ms(double ms) { info_.load_ms = ms; }

  void set_vocabulary(std::string bytes, std::vector<uint32_t> offsets) override {
    vocabulary_ = Vocabulary(std::move(bytes), std::move(offsets), config_.vocab_size);
  }

  void check_mode(FfnMode mode) const override {
    if (mode == FfnMode::kPredicted && !info_.has_predictors) {
      throw Error(ErrorCode::kInvalidArgument,
                  "this model file has no predictors: use the mode exact or dense");
    }
  }

  GenerateResult generate(const GenerateParams& params, const TokenSink& sink,
                          const std::atomic<bool>& cancel) override {
    check_tokens(params.prompt);
    check_sampling_and_stops(params);
    check_mode(params.mode);
    ForwardContext c = context(params.mode);
    c.pause = params.pause;
    return run_generation(c, weights_, vocabulary_, params, sink, cancel, lookup_, logits_);
  }

  std::vector<float> logits(std::span<const int32_t> tokens, int64_t chunk_size,
                            FfnMode mode) override {
    check_tokens(tokens);
    check_mode(mode);
    if (chunk_size < 0)
      throw Error(ErrorCode::kInvalidArgument, "the chunk size must not be negative");
    const int64_t chunk =
        chunk_size == 0 ? act_.chunk_capacity : std::min(chunk_size, act_.chunk_capacity);
    const std::atomic<bool> never{false};
    // Chunks of one token are the decode path, which is what predicted mode is about.
    const ForwardContext c = chunk_size == 1 ? context(mode) : prefill_context(context(mode));
    const auto vocab = static_cast<size_t>(config_.vocab_size);
    std::vector<float> out(tokens.size() * vocab);
    reset();
    for (size_t done = 0; done < tokens.size();) {
      const size_t n = std::min(static_cast<size_t>(chunk), tokens.size() - done);
      forward(c, weights_, tokens.subspan(done, n), false, never, nullptr);
      compute_logits(c, weights_, static_cast<int64_t>(n), static_cast<int64_t>(n),
                     out.data() + done * vocab);
      done += n;
    }
    reset();
    return out;
  }

  std::vector<LayerProbe> probe(const ProbeParams& params,
                                const std::atomic<bool>& cancel) override;
  NeuronActivityCounts neuron_activity() const override { return activity_.counts(); }

  void set_policy(std::span<const LayerPolicy> layers) override;

  void reset() override { cache_.clear(); }

 private:
  ForwardContext context(FfnMode mode) {
    ForwardContext c = {config_, kernels_, rope_, pool_, cache_, act_, mode, Arithmetic::kDecode};
    c.activity = &activity_;
    return c;
  }

  void check_tokens(std::span<const int32_t> tokens) const {
    if (tokens.empty()) throw Error(ErrorCode::kInvalidArgument, "the prompt has no tokens");
    if (static_cast<int64_t>(tokens.size()) > context_length_) {
      throw Error(ErrorCode::kContextOverflow, "the prompt has " + std::to_string(tokens.size()) +
                                                   " tokens; the context holds " +
                                                   std::to_string(context_length_));
    }
    for (const int32_t token : tokens) {
      if (token < 0 || token >= config_.vocab_size) {
        throw Error(ErrorCode::kInvalidArgument, "token " + std::to_string(token) +
                                                     " is outside the vocabulary of " +
                                                     std::to_string(config_.vocab_size));
      }
    }
  }

  void check_sampling_and_stops(const GenerateParams& params) const;

  std::unique_ptr<GgufReader> file_;
  const KernelTable& kernels_;
  ModelConfig config_;
  Weights weights_;
  int64_t context_length_;
  ThreadPool pool_;
  RopeTable rope_;
  KvCache cache_;
  Activations act_;
  NeuronActivity activity_;
  std::vector<float> logits_;  // [1 + kMaxDraftTokens, vocab_size]
  PromptLookup lookup_;
  Vocabulary vocabulary_;
  ModelInfo info_;
};

std::vector<LayerProbe> LoadedEngine::probe(const ProbeParams& params,
                                            const std::atomic<bool>& cancel) {
  check_tokens(params.tokens);
  check_mode(params.mode);
  const auto n = static_cast<int64_t>(params.tokens.size());
  if (params.first < 0 || params.first >= n || params.every < 1) {
    throw Error(ErrorCode::kInvalidArgument,
                "a probe needs a token to decode and a distance of at least 1");
  }
  const auto prompt = params.tokens.first(static_cast<size_t>(params.first));
  ForwardContext c = context(params.mode);
  FfnProbe probe(config_, weights_);
  if (prompt.empty()) {
    reset();
  } else {
    const int64_t kept = cache_.truncate_to_common_prefix(prompt);
    if (!prefill(c, weights_, prompt.subspan(static_cast<size_t>(kept)), act_.chunk_capacity,
                 cancel)) {
      return probe.layers();
    }
  }
  for (int64_t i = params.first; i < n; ++i) {
    c.probe = (i - params.first) % params.every == 0 ? &probe : nullptr;
    probe.begin_token();
    const auto token = params.tokens.subspan(static_cast<size_t>(i), 1);
    if (!forward(c, weights_, token, true, cancel, nullptr)) break;
  }
  return probe.layers();
}

void LoadedEngine::set_policy(std::span<const LayerPolicy> layers) {
  if (layers.size() != weights_.layers.size()) {
    throw Error(ErrorCode::kInvalidArgument, "a sparsity policy needs one entry for each of the " +
                                                 std::to_string(weights_.layers.size()) +
                                                 " layers");
  }
  for (const LayerPolicy& policy : layers) {
    if (!std::isfinite(policy.threshold)) {
      throw Error(ErrorCode::kInvalidArgument, "a predictor threshold must be a finite number");
    }
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    LayerWeights& w = weights_.layers[i];
    const bool up_first = layers[i].up_first && config_.activation == Activation::kReluRelu;
    if (up_first != w.up_first) std::swap(w.gate, w.up);
    w.up_first = up_first;
    w.predicted_mode = layers[i].mode;
    w.predictor.threshold = layers[i].threshold;
    w.predictor.threshold_scales_with_input = w.predictor.input == PredictorInput::kResidual;
  }
}

void LoadedEngine::check_sampling_and_stops(const GenerateParams& params) const {
  check_sampling(params.sampling);
  if (params.max_tokens < 0)
    throw Error(ErrorCode::kInvalidArgument, "max tokens must not be negative");
  if (params.max_draft_tokens < 0 || params.max_draft_tokens > kMaxDraftTokens) {
    throw Error(ErrorCode::kInvalidArgument,
                "max draft tokens must be between 0 and " + std::to_string(kMaxDraftTokens));
  }
  if (!params.stop_strings.empty() && vocabulary_.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "stop strings need a vocabulary");
  }
}

}  // namespace

ModelInfo describe_model(const std::string& path) {
  const std::unique_ptr<GgufReader> file = GgufReader::open(path);
  const ModelConfig config = read_model_config(*file);
  return info_of(*file, config, read_weights(*file, config));
}

std::unique_ptr<Engine> Engine::load(const EngineOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  auto engine = std::make_unique<LoadedEngine>(GgufReader::open(options.model_path), options);
  engine->set_load_ms(
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  return engine;
}

}  // namespace bamboo
