// Rows of floats to blocks. The block formats differ only in their range of integers and in how
// those are packed, so one scale search serves all three: candidate scales, integers by rounding,
// the scale again by least squares.
#include "format/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "bamboo/error.h"
#include "format/float_bits.h"

namespace bamboo {
namespace {

constexpr int kBlock = 32;
constexpr int kLanes =
    8;  // independent partial sums, so that the compiler may use vectors without reordering

// The integers a block may hold, and the candidate scales: the largest element divided by +-levels,
// for levels from first_level in steps of level_step. Levels past the range shrink the scale and
// clip the largest element; levels inside it waste some range but may fit the other elements
// better. The grids are where finer or wider ones no longer gained a hundredth of the error on
// Gaussian weights.
struct BlockRange {
  float least;
  float most;
  float first_level;
  float level_step;
  int n_levels;
  bool symmetric;  // then a negative scale gains nothing and is not tried
};

constexpr BlockRange kQ8_0Range = {-127, 127, 112.0f, 0.5f, 32, true};
constexpr BlockRange kQ5_0Range = {-16, 15, 12.5f, 0.25f, 21, false};
constexpr BlockRange kQ4_0Range = {-8, 7, 6.25f, 0.25f, 14, false};

struct QuantizedBlock {
  uint16_t d = 0;        // f16
  float q[kBlock] = {};  // whole numbers
};

uint16_t finite_f16(float value) {
  return f16_from_float(std::clamp(value, -kMaxFloat16, kMaxFloat16));
}

// q = the allowed integers nearest to x / d. Adding and taking away 1.5 * 2^23 rounds to the
// nearest, ties to even.
void round_to(const float* x, float d, const BlockRange& range, float* q) {
  // A scale this small is zero in f16 anyway, and its inverse could overflow.
  const float inverse = std::fabs(d) < 0x1p-100f ? 0.0f : 1.0f / d;
  constexpr float kRound = 12582912.0f;
  for (int i = 0; i < kBlock; ++i) {
    float level = x[i] * inverse;
    level = level < range.least ? range.least : level;
    level = level > range.most ? range.most : level;
    q[i] = (level + kRound) - kRound;
  }
}

float sum_lanes(const float* lanes) {
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
         ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

// The d that minimises sum w (x - d q)^2 for given q.
float least_squares_scale(const float* x, const float* w, const float* q) {
  float xq[kLanes] = {};
  float qq[kLanes] = {};
  for (int i = 0; i < kBlock; i += kLanes) {
    for (int l = 0; l < kLanes; ++l) {
      const float weighted = w[i + l] * q[i + l];
      xq[l] += weighted * x[i + l];
      qq[l] += weighted * q[i + l];
    }
  }
  const float denominator = sum_lanes(qq);
  const float scale = denominator > 0.0f ? sum_lanes(xq) / denominator : 0.0f;
  return std::isfinite(scale) ? scale : 0.0f;
}

float weighted_error(const float* x, const float* w, float d, const float* q) {
  float error[kLanes] = {};
  for (int i = 0; i < kBlock; i += kLanes) {
    for (int l = 0; l < kLanes; ++l) {
      const float difference = x[i + l] - d * q[i + l];
      error[l] += w[i + l] * (difference * difference);
    }
  }
  return sum_lanes(error);
}

double exact_error(const float* x, const float* w, const QuantizedBlock& block) {
  const double d = float_from_f16(block.d);
  double error = 0;
  for (int i = 0; i < kBlock; ++i) {
    const double difference = x[i] - d * block.q[i];
    error += w[i] * (difference * difference);
  }
  return error;
}

float largest_element(const float* x) {
  float largest = 0.0f;
  for (int i = 0; i < kBlock; ++i) {
    if (std::fabs(x[i]) > std::fabs(largest)) largest = x[i];
  }
  return largest;
}

// Rounding with the scale that maps the largest element to the end of the range: what the search
// has to beat.
QuantizedBlock naive_block(const float* x, float largest, const BlockRange& range) {
  QuantizedBlock block;
  block.d = finite_f16(range.symmetric ? std::fabs(largest) / range.most : largest / range.least);
  round_to(x, float_from_f16(block.d), range, block.q);
  return block;
}

// x: [32] finite; w: [32] >= 0.
QuantizedBlock search_block(const float* x, const float* w, const BlockRange& range) {
  const float largest = largest_element(x);
  const QuantizedBlock naive = naive_block(x, largest, range);
  if (largest == 0.0f) return naive;
  QuantizedBlock best = naive;
  float best_error = weighted_error(x, w, float_from_f16(naive.d), naive.q);
  QuantizedBlock candidate;
  for (int sign = 0; sign < (range.symmetric ? 1 : 2); ++sign) {
    const float numerator = sign == 0 ? std::fabs(largest) : -std::fabs(largest);
    for (int level = 0; level < range.n_levels; ++level) {
      const float start =
          numerator / (range.first_level + range.level_step * static_cast<float>(level));
      round_to(x, start, range, candidate.q);
      candidate.d = finite_f16(least_squares_scale(x, w, candidate.q));
      // The refined scale may move some elements to a neighbouring integer, always for the better.
      const float d = float_from_f16(candidate.d);
      round_to(x, d, range, candidate.q);
      const float error = weighted_error(x, w, d, candidate.q);
      if (error < best_error) {
        best_error = error;
        best = candidate;
      }
    }
  }
  return exact_error(x, w, best) <= exact_error(x, w, naive) ? best : naive;
}

void pack_q8_0(const QuantizedBlock& block, uint8_t* out) {
  std::memcpy(out, &block.d, 2);
  for (int i = 0; i < kBlock; ++i)
    out[2 + i] = static_cast<uint8_t>(static_cast<int8_t>(block.q[i]));
}

void pack_q4_0(const QuantizedBlock& block, uint8_t* out) {
  std::memcpy(out, &block.d, 2);
  for (int i = 0; i < 16; ++i) {
    const int low = static_cast<int>(block.q[i]) + 8;
    const int high = static_cast<int>(block.q[i + 16]) + 8;
    out[2 + i] = static_cast<uint8_t>(low | high << 4);
  }
}

void pack_q5_0(const QuantizedBlock& block, uint8_t* out) {
  std::memcpy(out, &block.d, 2);
  uint32_t fifth_bits = 0;
  for (int i = 0; i < 16; ++i) {
    const uint32_t low = static_cast<uint32_t>(static_cast<int>(block.q[i]) + 16);
    const uint32_t high = static_cast<uint32_t>(static_cast<int>(block.q[i + 16]) + 16);
    out[6 + i] = static_cast<uint8_t>((low & 15) | (high & 15) << 4);
    fifth_bits |= low >> 4 << i | high >> 4 << (i + 16);
  }
  std::memcpy(out + 2, &fifth_bits, 4);
}

void quantize_blocks(DType dtype, const float* x, int64_t cols, const float* importance,
                     uint8_t* out) {
  const BlockRange& range = dtype == DType::kQ8_0   ? kQ8_0Range
                            : dtype == DType::kQ5_0 ? kQ5_0Range
                                                    : kQ4_0Range;
  float weights[kBlock];
  std::fill(weights, weights + kBlock, 1.0f);
  for (int64_t c = 0; c < cols; c += kBlock, out += traits(dtype).block_bytes) {
    if (importance != nullptr) std::copy(importance + c, importance + c + kBlock, weights);
    const QuantizedBlock block = search_block(x + c, weights, range);
    if (dtype == DType::kQ8_0) {
      pack_q8_0(block, out);
    } else if (dtype == DType::kQ5_0) {
      pack_q5_0(block, out);
    } else {
      pack_q4_0(block, out);
    }
  }
}

}  // namespace

bool can_quantize_to(DType dtype) { return dtype != DType::kQ6_K; }

void quantize_row(DType dtype, const float* x, int64_t cols, const float* importance,
                  uint8_t* out) {
  if (!can_quantize_to(dtype) || cols < 0 || cols % traits(dtype).block_elements != 0) {
    throw Error(ErrorCode::kInvalidArgument, "a row of " + std::to_string(cols) +
                                                 " elements cannot become " + traits(dtype).name +
                                                 ": choose f16 or another type");
  }
  if (dtype == DType::kF32) {
    std::memcpy(out, x, static_cast<size_t>(cols) * sizeof(float));
  } else if (is_quantized(dtype)) {
    quantize_blocks(dtype, x, cols, importance, out);
  } else {
    constexpr float kMaxBfloat16 = 0x1.FEp127f;
    for (int64_t c = 0; c < cols; ++c) {
      const uint16_t bits = dtype == DType::kF16
                                ? finite_f16(x[c])
                                : bf16_from_float(std::clamp(x[c], -kMaxBfloat16, kMaxBfloat16));
      std::memcpy(out + 2 * c, &bits, 2);
    }
  }
}

}  // namespace bamboo
