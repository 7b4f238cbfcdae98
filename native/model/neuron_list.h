// The neurons of one decoded token that are still in play in a stretch of a layer: gate -> up ->
// activation, each only where the one before leaves something to compute. Shared by the decode step
// of one token and by the columns that verify a guess, so that both have the same bits.
#ifndef BAMBOO_MODEL_NEURON_LIST_H_
#define BAMBOO_MODEL_NEURON_LIST_H_

#include <cstdint>
#include <span>

#include "model/transformer.h"

namespace bamboo {

struct NeuronCount {
  int64_t gate_rows = 0;  // read one by one
  int64_t up_rows = 0;
  int64_t active = 0;
};

// Neurons [begin, end) of one token; gate and up are indexed by neuron, rows and values hold at
// least end - begin entries.
struct NeuronList {
  int64_t begin;
  int64_t end;
  float* gate;    // exact mode: computed for every neuron; where down is stored by output row it
                  // gets the activations
  float* up;      // predicted mode: the scores; then the products of the listed neurons
  int32_t* rows;  // out: the active neurons
  float* values;  // out: their activations
  NeuronCounter* activity;  // indexed by neuron: counts the active ones; null: not counted
};

// x: the token's normed input, packed. threshold: of the predictor's scores; null in exact mode.
NeuronCount compute_neurons(const ForwardContext& context, const LayerWeights& w,
                            const ActivationView& x, const NeuronList& list,
                            const float* threshold);

// Adds what n_tokens tokens read and computed in a layer, list by list.
void count_neurons(const ForwardContext& context, const LayerWeights& w, int64_t n_tokens,
                   bool predicted, std::span<const NeuronCount> counts, DecodeCounters& counters);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_NEURON_LIST_H_
