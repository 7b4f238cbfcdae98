"""What a predictor keeps and costs: thresholds from a recall target, fidelity in the loop, bytes of a token.

A scorer is a function (layer, z [B, T, d_model]) -> scores [B, T, d_ff]; a neuron is computed when its score reaches the
layer's threshold. Layers whose threshold is None are computed in exact mode.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass
class LayerCounts:
    """Means over the tokens of a calibration run, as shares of d_ff."""

    kept: float
    kept_and_gate_fires: float


def down_norms(model):
    return [w["ffn_down_t"].float().norm(dim=1) for w in model.layers]


def thresholds_for(model, scorer, windows, targets):
    """{target: [threshold of each layer]} so that the share `target` of the mass sum |h| ||down row|| stays."""
    norms = down_norms(model)
    active = [([], []) for _ in model.layers]

    def collect(layer, z, _gate, _up, h):
        fires = h > 0
        mass = (h.float() * norms[layer])[fires]
        active[layer][0].append(scorer(layer, z)[fires].float())
        active[layer][1].append(mass)
        return h

    for ids in windows.split(2):
        model.hidden(ids[:, :-1], collect)
    result = {target: [] for target in targets}
    for scores, masses in active:
        order = torch.cat(scores).sort(descending=True)
        kept = torch.cat(masses)[order.indices].double().cumsum(0)
        kept = kept / kept[-1]
        for target in targets:
            at = int(torch.searchsorted(kept, target).clamp(max=len(kept) - 1))
            result[target].append(float(order.values[at]))
    return result


def fidelity(model, windows, scorer, thresholds):
    """(loss dense, loss predicted, share of positions with the same arg-max, counts of each layer), in the loop."""
    counts = [torch.zeros(3, device=model.device, dtype=torch.double) for _ in model.layers]

    def mask(layer, z, gate, _up, h):
        if thresholds[layer] is None:
            return h
        keep = scorer(layer, z) >= thresholds[layer]
        counts[layer] += torch.stack(
            [keep.sum(), (keep & (gate > 0)).sum(), torch.tensor(keep.numel(), device=keep.device)]
        ).double()
        return h * keep

    total = torch.zeros(3, device=model.device, dtype=torch.double)
    for ids in windows.split(2):
        dense = model.logits(model.hidden(ids[:, :-1]))
        masked = model.logits(model.hidden(ids[:, :-1], mask))
        targets = ids[:, 1:].reshape(-1).long()
        total[0] += F.cross_entropy(dense.view(-1, dense.size(-1)), targets, reduction="sum")
        total[1] += F.cross_entropy(masked.view(-1, masked.size(-1)), targets, reduction="sum")
        total[2] += (dense.argmax(-1) == masked.argmax(-1)).sum()
    n = windows[:, 1:].numel()
    layers = [
        LayerCounts(float(c[0] / c[2]), float(c[1] / c[2])) if c[2] > 0 else None for c in counts
    ]
    dense_loss, masked_loss, agreement = (float(v) / n for v in total)
    return dense_loss, masked_loss, agreement, layers
