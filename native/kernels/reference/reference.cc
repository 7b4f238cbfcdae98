#include "kernels/reference/reference.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace bamboo::reference {
namespace {

uint16_t read_u16(const uint8_t* p) { return static_cast<uint16_t>(p[0] | p[1] << 8); }

double read_float(const uint8_t* p) {
  float value;
  std::memcpy(&value, p, sizeof(value));
  return value;
}

double bf16_to_double(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

// Element i of a block of 32 (Q8_0, Q5_0, Q4_0).
int quant(DType dtype, const uint8_t* block, int i) {
  if (dtype == DType::kQ8_0) return static_cast<int8_t>(block[2 + i]);
  const bool is_q5 = dtype == DType::kQ5_0;
  const uint8_t byte = block[(is_q5 ? 6 : 2) + i % 16];
  const int nibble = i < 16 ? byte & 15 : byte >> 4;
  if (!is_q5) return nibble - 8;
  const int bit = block[2 + i / 8] >> (i % 8) & 1;
  return (nibble | bit << 4) - 16;
}

// Element i of a Q6_K block of 256: two halves of 128, each of four groups of 32 that share bytes.
double q6_value(const uint8_t* block, int i) {
  const int half = i / 128;
  const int group = i % 128 / 32;
  const int l = i % 32;
  const uint8_t low_byte = block[64 * half + (group % 2 == 0 ? l : l + 32)];
  const int low = group < 2 ? low_byte & 15 : low_byte >> 4;
  const int high = block[128 + 32 * half + l] >> (2 * group) & 3;
  const int scale = static_cast<int8_t>(block[192 + i / 16]);
  return half_to_double(read_u16(block + 208)) * scale * ((low | high << 4) - 32);
}

}  // namespace

double half_to_double(uint16_t half) {
  const double sign = (half & 0x8000) != 0 ? -1.0 : 1.0;
  const int exponent = half >> 10 & 31;
  const int mantissa = half & 1023;
  if (exponent == 31) {
    return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

uint16_t double_to_half(double value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const double magnitude = std::fabs(value);
  if (std::isnan(value)) return static_cast<uint16_t>(sign | 0x7e00);
  if (magnitude >= 65520.0) return static_cast<uint16_t>(sign | 0x7c00);
  const int exponent = magnitude < std::ldexp(1.0, -14) ? -14 : std::ilogb(magnitude);
  const double steps =
      std::nearbyint(std::ldexp(magnitude, 10 - exponent));  // in units of 2^(exponent - 10)
  const int bits = static_cast<int>(steps) + ((exponent + 14) << 10);
  return static_cast<uint16_t>(sign | bits);
}

std::vector<double> dequantize_row(const MatrixView& w, int64_t row) {
  std::vector<double> out(static_cast<size_t>(w.cols));
  const uint8_t* p = w.row(row);
  for (int64_t c = 0; c < w.cols; ++c) {
    double& value = out[static_cast<size_t>(c)];
    switch (w.dtype) {
      case DType::kF32:
        value = read_float(p + 4 * c);
        break;
      case DType::kF16:
        value = half_to_double(read_u16(p + 2 * c));
        break;
      case DType::kBF16:
        value = bf16_to_double(read_u16(p + 2 * c));
        break;
      case DType::kQ6_K:
        value = q6_value(p + c / 256 * 210, static_cast<int>(c % 256));
        break;
      default: {
        const uint8_t* block = p + c / 32 * traits(w.dtype).block_bytes;
        value = half_to_double(read_u16(block)) * quant(w.dtype, block, static_cast<int>(c % 32));
      }
    }
  }
  return out;
}

Dot dot(const MatrixView& w, int64_t row, const float* x) {
  const std::vector<double> weights = dequantize_row(w, row);
  Dot result;
  for (int64_t c = 0; c < w.cols; ++c) {
    const double term = weights[static_cast<size_t>(c)] * x[c];
    result.value += term;
    result.magnitude += std::fabs(term);
  }
  return result;
}

std::vector<double> rms_norm(const float* x, const float* weight, int64_t n, double epsilon) {
  double squares = 0;
  for (int64_t i = 0; i < n; ++i) squares += static_cast<double>(x[i]) * x[i];
  const double rms = std::sqrt(squares / static_cast<double>(n) + epsilon);
  std::vector<double> out;
  for (int64_t i = 0; i < n; ++i) out.push_back(x[i] / rms * weight[i]);
  return out;
}

std::vector<double> rope(const float* x, int64_t n_heads, int64_t head_dim, int64_t rotary_dim,
                         const float* cosines, const float* sines, RopeLayout layout) {
  std::vector<double> out(x, x + n_heads * head_dim);
  const int64_t pairs = rotary_dim / 2;
  for (int64_t h = 0; h < n_heads; ++h) {
    for (int64_t i = 0; i < pairs; ++i) {
      const int64_t first = h * head_dim + (layout == RopeLayout::kHalves ? i : 2 * i);
      const int64_t second = layout == RopeLayout::kHalves ? first + pairs : first + 1;
      const double a = x[first];
      const double b = x[second];
      out[static_cast<size_t>(first)] = a * cosines[i] - b * sines[i];
      out[static_cast<size_t>(second)] = a * sines[i] + b * cosines[i];
    }
  }
  return out;
}

std::vector<double> attend(const std::vector<double>& keys, const std::vector<double>& values,
                           const float* q, int64_t head_dim, int64_t n_positions, double scale) {
  const auto index = [head_dim](int64_t p, int64_t d) {
    return static_cast<size_t>(p * head_dim + d);
  };
  std::vector<double> scores;
  double maximum = -std::numeric_limits<double>::infinity();
  for (int64_t p = 0; p < n_positions; ++p) {
    double score = 0;
    for (int64_t d = 0; d < head_dim; ++d) score += q[d] * keys[index(p, d)];
    scores.push_back(score * scale);
    maximum = std::max(maximum, scores.back());
  }
  double total = 0;
  for (double& score : scores) total += score = std::exp(score - maximum);
  std::vector<double> out(static_cast<size_t>(head_dim));
  for (int64_t p = 0; p < n_positions; ++p) {
    for (int64_t d = 0; d < head_dim; ++d) {
      out[static_cast<size_t>(d)] += scores[static_cast<size_t>(p)] / total * values[index(p, d)];
    }
  }
  return out;
}

double relu(double x) { return x > 0 ? x : 0; }

double silu(double x) { return x / (1 + std::exp(-x)); }

double log_sum_exp(const float* x, int64_t n) {
  double maximum = -std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < n; ++i) maximum = std::max(maximum, static_cast<double>(x[i]));
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += std::exp(x[i] - maximum);
  return maximum + std::log(sum);
}

}  // namespace bamboo::reference
