// Times the kernels on one core: GMAC/s where arithmetic limits, GB/s and its share of the read
// bandwidth of the same run where memory does. Usage: kernel_bench
// [--only=decode|sparse|prefill|down|attend|elementwise] [isa ...]; without names, every
// instruction set of this machine. Not a test: it checks no results.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "kernels/dispatch.h"

namespace bamboo {
namespace {

constexpr int64_t kArenaBytes = int64_t{1} << 30;  // 15 % of it is still far beyond any cache

// CPU time of this thread: what others take on a busy machine does not count.
double now_seconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Seconds of the fastest of `repeats` runs: other processes only ever add time.
template <class Function>
double fastest(int repeats, const Function& f) {
  double best = 1e30;
  for (int i = 0; i < repeats; ++i) {
    const double start = now_seconds();
    f();
    best = std::min(best, now_seconds() - start);
  }
  return best;
}

struct Aligned {
  explicit Aligned(size_t bytes) : storage(bytes + 64) {
    data = storage.data() + (64 - reinterpret_cast<uintptr_t>(storage.data()) % 64) % 64;
  }
  std::vector<uint8_t> storage;
  uint8_t* data;
};

std::vector<float> random_floats(int64_t n) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(static_cast<size_t>(n));
  for (float& value : values) value = uniform(random);
  return values;
}

// Bytes that are finite weights of any type: no exponent field of a half or float can be all ones.
void fill(std::vector<uint8_t>& bytes) {
  uint32_t word = 1;
  for (size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    word = word * 1664525u + 1013904223u;  // Knuth and Lewis's quick generator
    const uint32_t masked = (word ^ word >> 16) & 0x3b3b3b3bu;
    std::memcpy(&bytes[i], &masked, 4);
  }
}

double read_gigabytes_per_second(const std::vector<uint8_t>& arena) {
  volatile uint64_t sink = 0;
  const double seconds = fastest(5, [&] {
    uint64_t sums[8] = {};
    for (size_t i = 0; i + 64 <= arena.size(); i += 64) {
      uint64_t words[8];
      std::memcpy(words, &arena[i], 64);
      for (int k = 0; k < 8; ++k) sums[k] += words[k];
    }
    sink = std::accumulate(sums, sums + 8, uint64_t{0});
  });
  return static_cast<double>(arena.size()) * 1e-9 / seconds;
}

struct Bench {
  const KernelTable& table;
  const std::vector<uint8_t>& arena;
  double read_bandwidth;

  MatrixView matrix(DType dtype, int64_t rows, int64_t cols) const {
    return {dtype, arena.data(), rows, cols};
  }
  MatrixView whole_arena(DType dtype, int64_t cols) const {
    return matrix(dtype, kArenaBytes / row_bytes(dtype, cols), cols);
  }
  void print_bandwidth(const char* what, DType dtype, int64_t cols, double bytes,
                       double seconds) const {
    const double rate = bytes * 1e-9 / seconds;
    std::printf("%-10s %-10s %-5s cols %5ld             %7.1f GB/s %4.0f %% of reading\n",
                table.isa, what, traits(dtype).name, static_cast<long>(cols), rate,
                100 * rate / read_bandwidth);
  }
  void print_rate(const char* what, const char* type, const std::string& shape, double macs,
                  double seconds) const {
    std::printf("%-10s %-10s %-5s %-22s %7.1f GMAC/s %8.1f us\n", table.isa, what, type,
                shape.c_str(), macs * 1e-9 / seconds, seconds * 1e6);
  }

  struct Vectors {
    Vectors(const KernelTable& table, DType dtype, int64_t n, int64_t cols)
        : values(random_floats(n * cols)),
          packed(table.packed_activation_bytes(cols) * static_cast<size_t>(n)) {
      if (is_quantized(dtype)) table.pack_activations(values.data(), n, cols, packed.data);
      view = {values.data(), packed.data, n};
    }
    std::vector<float> values;
    Aligned packed;
    ActivationView view;
  };

  void decode(DType dtype, int64_t cols) const {
    const MatrixView w = whole_arena(dtype, cols);
    const Vectors x(table, dtype, 1, cols);
    std::vector<float> out(static_cast<size_t>(w.rows));
    const double seconds =
        fastest(4, [&] { table.matmul(w, 0, w.rows, x.view, out.data(), w.rows); });
    print_bandwidth("matmul 1", dtype, cols, static_cast<double>(w.bytes()), seconds);
  }

  // 15 % of the rows, in order, as a predictor would pick them.
  void sparse(DType dtype, int64_t cols) const {
    const MatrixView w = whole_arena(dtype, cols);
    std::mt19937 random(3);
    std::vector<int32_t> rows;
    for (int32_t r = 0; r < w.rows; ++r) {
      if (random() % 100 < 15) rows.push_back(r);
    }
    const auto n = static_cast<int64_t>(rows.size());
    const auto bytes = static_cast<double>(n * w.stride());
    const Vectors x(table, dtype, 1, cols);
    std::vector<float> out(rows.size());
    print_bandwidth("gather 15%", dtype, cols, bytes,
                    fastest(4, [&] { table.gather_dot(w, rows.data(), n, x.view, out.data()); }));
    const std::vector<float> coefficients = random_floats(n);
    std::vector<float> y(static_cast<size_t>(cols));
    print_bandwidth("axpy 15%", dtype, cols, bytes, fastest(4, [&] {
                      table.axpy_rows(w, rows.data(), coefficients.data(), n, y.data());
                    }));
  }

  void prefill(DType dtype, int64_t rows, int64_t cols, int64_t n) const {
    const MatrixView w = matrix(dtype, rows, cols);
    const Vectors x(table, dtype, n, cols);
    std::vector<float> out(static_cast<size_t>(rows * n));
    const double seconds = fastest(8, [&] { table.matmul(w, 0, rows, x.view, out.data(), rows); });
    print_rate("matmul", traits(dtype).name,
               std::to_string(rows) + " x " + std::to_string(cols) + " x " + std::to_string(n),
               static_cast<double>(rows * cols * n), seconds);
  }

  // The same in prefill's own arithmetic, where the table has one.
  void prefill_tiles(DType dtype, int64_t rows, int64_t cols, int64_t n) const {
    if (table.prefill == nullptr) return;
    const PrefillKernels& kernels = *table.prefill;
    const MatrixView w = matrix(dtype, rows, cols);
    const std::string shape =
        std::to_string(rows) + " x " + std::to_string(cols) + " x " + std::to_string(n);
    Aligned scratch(kernels.scratch_bytes());
    std::vector<float> out(static_cast<size_t>(std::max(rows, cols) * n));
    for (const bool by_row : {true, false}) {
      const int64_t inputs = by_row ? cols : rows;
      const int64_t outputs = by_row ? rows : cols;
      const std::vector<float> values = random_floats(n * inputs);
      Aligned packed(kernels.packed_bytes(inputs) * static_cast<size_t>(n));
      kernels.pack(values.data(), n, inputs, packed.data);
      const ActivationView x = {nullptr, packed.data, n};
      const auto call = by_row ? kernels.matmul : kernels.weighted_rows;
      const double seconds =
          fastest(4, [&] { call(w, 0, outputs, x, out.data(), outputs, scratch.data); });
      print_rate(by_row ? "tiles" : "tiles, rows", traits(dtype).name, shape,
                 static_cast<double>(rows * cols * n), seconds);
    }
  }

  void down(DType dtype, int64_t rows, int64_t cols, int64_t n, unsigned percent) const {
    const MatrixView w = matrix(dtype, rows, cols);
    std::vector<float> coefficients = random_floats(rows * n);
    std::mt19937 random(3);
    int64_t used = 0;
    for (float& c : coefficients) {
      const bool is_used = random() % 100 < percent;
      if (!is_used) c = 0;
      used += is_used ? 1 : 0;
    }
    std::vector<float> y(static_cast<size_t>(cols * n));
    const double seconds = fastest(
        8, [&] { table.axpy_range(w, 0, rows, coefficients.data(), rows, n, y.data(), cols); });
    print_rate("axpy_range", traits(dtype).name,
               std::to_string(rows) + " x " + std::to_string(cols) + " x " + std::to_string(n) +
                   ", " + std::to_string(percent) + " %",
               static_cast<double>(used * cols), seconds);
  }

  void attention(int64_t n_queries, int64_t head_dim, int64_t n_positions) const {
    const std::vector<uint16_t> cache(static_cast<size_t>((n_positions + 15) * head_dim), 0x2c00);
    const std::vector<float> q = random_floats(n_queries * head_dim);
    std::vector<float> out(q.size());
    std::vector<float> scratch(static_cast<size_t>(n_queries * (n_positions + 15)));
    const double seconds = fastest(200, [&] {
      table.attend({cache.data(), cache.data()}, q.data(), n_queries, head_dim, head_dim,
                   n_positions, 0.1f, out.data(), scratch.data());
    });
    const std::vector<int8_t> quants(static_cast<size_t>((n_positions + 15) * head_dim), 50);
    const std::vector<float> scales(static_cast<size_t>(n_positions + 15), 0.01f);
    const double quantized_seconds = fastest(200, [&] {
      table.attend_quantized({quants.data(), quants.data(), scales.data(), scales.data()}, q.data(),
                             n_queries, head_dim, head_dim, n_positions, 0.1f, out.data(),
                             scratch.data());
    });
    const std::string shape = std::to_string(n_queries) + " x " + std::to_string(head_dim) + " x " +
                              std::to_string(n_positions);
    const auto products = static_cast<double>(2 * n_queries * head_dim * n_positions);
    print_rate("attend", "f16", shape, products, seconds);
    print_rate("attend", "q8", shape, products, quantized_seconds);
  }

  void elementwise() const {
    constexpr int64_t kLength = 16384;
    const std::vector<float> x = random_floats(kLength);
    std::vector<float> out(x.size());
    Aligned packed(table.packed_activation_bytes(kLength));
    const auto print = [&](const char* what, double seconds) {
      std::printf("%-10s %-16s n %5ld             %7.2f ns an element\n", table.isa, what,
                  static_cast<long>(kLength), seconds * 1e9 / kLength);
    };
    print("pack", fastest(200, [&] { table.pack_activations(x.data(), 1, kLength, packed.data); }));
    print("silu_product",
          fastest(200, [&] { table.silu_product(x.data(), x.data(), kLength, out.data()); }));
    volatile float sink = 0;
    print("log_sum_exp", fastest(200, [&] { sink = table.log_sum_exp(x.data(), kLength); }));
    print("rms_norm",
          fastest(200, [&] { table.rms_norm(x.data(), x.data(), kLength, 1e-5f, out.data()); }));
  }

  void run(const std::string& only) const {
    const auto wants = [&only](const char* part) { return only.empty() || only == part; };
    if (wants("decode")) run_decode();
    if (wants("sparse")) run_sparse();
    if (wants("prefill")) run_prefill();
    if (wants("down")) {
      down(DType::kQ8_0, 3584, 640, 256, 15);
      down(DType::kQ4_0, 3584, 640, 256, 15);
      down(DType::kQ4_0, 3584, 640, 256, 100);
    }
    if (wants("attend")) {
      attention(5, 64, 100);
      attention(5, 64, 1000);
      attention(4, 128, 1000);
      attention(1, 128, 1000);
    }
    if (wants("elementwise")) elementwise();
  }

  void run_decode() const {
    for (const DType dtype :
         {DType::kF16, DType::kQ8_0, DType::kQ5_0, DType::kQ4_0, DType::kQ6_K}) {
      decode(dtype, 4096);
      if (dtype != DType::kQ6_K) decode(dtype, 640);
    }
  }

  void run_sparse() const {
    for (const DType dtype : {DType::kQ8_0, DType::kQ4_0}) {
      sparse(dtype, 4096);
      sparse(dtype, 640);
    }
  }

  void run_prefill() const {
    for (const DType dtype : {DType::kF16, DType::kQ8_0, DType::kQ4_0, DType::kQ6_K}) {
      for (const int64_t n : {4, 16, 256}) {
        if (dtype != DType::kQ6_K) prefill(dtype, 3584, 640, n);
        prefill(dtype, 640, 3584, n);
      }
    }
    prefill(DType::kQ4_0, 14336, 4096, 512);
    prefill_tiles(DType::kQ4_0, 14336, 4096, 512);
    prefill_tiles(DType::kQ4_0, 14336, 4096, 128);
    prefill_tiles(DType::kQ5_0, 3584, 640, 256);
  }
};

}  // namespace
}  // namespace bamboo

int main(int argc, char** argv) {
  std::vector<uint8_t> arena(bamboo::kArenaBytes);
  bamboo::fill(arena);
  std::vector<std::string> isas(argv + 1, argv + argc);
  std::string only;
  if (!isas.empty() && isas.front().rfind("--only=", 0) == 0) {
    only = isas.front().substr(7);
    isas.erase(isas.begin());
  }
  if (isas.empty()) isas = bamboo::available_isas();
  for (const std::string& isa : isas) {
    const double read = bamboo::read_gigabytes_per_second(arena);
    std::printf("reading memory: %.1f GB/s on one core\n", read);
    bamboo::Bench{bamboo::kernels_for(isa), arena, read}.run(only);
  }
}
