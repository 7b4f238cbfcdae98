"""Trains the activation predictors of a Bamboo model on one GPU.

predictors.py --model model.gguf --windows train.npy --calibration calib.npy --out predictors.safetensors
              [--rank 128] [--minutes 2]

Score = fc2 relu(fc1 z) + bias, z the normed input of the feed-forward block. The loss is a binary cross-entropy whose positive
terms weigh as much as the neuron contributes to the output, |h| ||down row||: what is small may be missed.
The file gets blk.N.fc1 [rank, d_model], blk.N.fc2 [d_ff, rank], blk.N.fc2_bias [d_ff] and blk.N.activation [d_ff] in f16.
"""

import argparse
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from bamboo_torch import Bamboo
from predictor_quality import down_norms

LARGEST_WEIGHT = 8.0


class Predictors:
    """One predictor a layer, all of the same rank."""

    def __init__(self, model, rank):
        n, d, f, device = model.n_layers, model.d_model, model.d_ff, model.device
        self.fc1 = [(torch.randn(rank, d, device=device) / d**0.5).requires_grad_() for _ in range(n)]
        self.fc2 = [
            (torch.randn(f, rank, device=device) * 0.3 / rank**0.5).requires_grad_() for _ in range(n)
        ]
        self.bias = [torch.full((f,), -3.0, device=device).requires_grad_() for _ in range(n)]

    def parameters(self):
        return self.fc1 + self.fc2 + self.bias

    def score(self, layer, z):
        hidden = F.relu(F.linear(z, self.fc1[layer].bfloat16()))
        return F.linear(hidden, self.fc2[layer].bfloat16(), self.bias[layer].bfloat16())


def activation_statistics(model, windows):
    """(share of tokens on which each neuron fires [layers, d_ff], mean mass of a firing neuron [layers])."""
    norms = down_norms(model)
    fires = torch.zeros(model.n_layers, model.d_ff, device=model.device)
    mass = torch.zeros(model.n_layers, device=model.device)

    def count(layer, _z, _gate, _up, h):
        fires[layer] += (h > 0).sum((0, 1))
        mass[layer] += (h.float() * norms[layer]).sum()
        return h

    for ids in windows.split(4):
        model.hidden(ids[:, :-1], count)
    return fires / windows[:, 1:].numel(), mass / fires.sum(1)


def layer_loss(predictors, layer, z, h, norm, mean_mass):
    scores = predictors.score(layer, z).float()
    mass = h.float() * (norm / mean_mass)
    weight = 1 + (3 * mass).clamp(max=3 * LARGEST_WEIGHT)
    target = (h > 0).float()
    return (F.binary_cross_entropy_with_logits(scores, target, reduction="none") * weight).mean()


def train(model, predictor_sets, windows, minutes, seed=1):
    """All sets are trained on the same hidden states. Returns the number of steps."""
    norms = down_norms(model)
    rng = np.random.default_rng(seed)
    _, mean_mass = activation_statistics(model, windows[:32])
    optimizers = [torch.optim.Adam(p.parameters(), lr=1, betas=(0.9, 0.98)) for p in predictor_sets]
    start, steps = time.time(), 0
    while (progress := (time.time() - start) / (60 * minutes)) < 1:
        rate = 4e-3 * min(1.0, (steps + 1) / 50) * (1 - progress)
        batch = windows[torch.from_numpy(rng.integers(len(windows), size=4)).to(windows.device)]
        inputs = []
        with torch.no_grad():
            model.hidden(batch[:, :-1], lambda _n, z, _g, _u, h: inputs.append((z, h)) or h)
        for predictors, optimizer in zip(predictor_sets, optimizers):
            for group in optimizer.param_groups:
                group["lr"] = rate
            total = 0.0
            for n, (z, h) in enumerate(inputs):
                loss = layer_loss(predictors, n, z, h, norms[n], mean_mass[n])
                loss.backward()
                total += loss.detach()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        if steps % 200 == 0:
            print(f"step {steps}, {time.time() - start:.0f} s, loss {float(total) / len(inputs):.4f}", flush=True)
        steps += 1
    return steps


def save(path, predictors, shares):
    tensors = {}
    for n in range(len(predictors.fc1)):
        tensors[f"blk.{n}.fc1"] = predictors.fc1[n]
        tensors[f"blk.{n}.fc2"] = predictors.fc2[n]
        tensors[f"blk.{n}.fc2_bias"] = predictors.bias[n]
        tensors[f"blk.{n}.activation"] = shares[n]
    save_file({k: v.detach().half().cpu().contiguous() for k, v in tensors.items()}, path)


def load_windows(path, device):
    return torch.from_numpy(np.load(path)).to(device)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True)
    parser.add_argument("--windows", required=True)
    parser.add_argument("--out", required=True, help="with {rank} in the name where several ranks are asked for")
    parser.add_argument("--rank", type=int, action="append")
    parser.add_argument("--minutes", type=float, default=2)
    options = parser.parse_args()
    torch.manual_seed(0)
    model = Bamboo(options.model)
    windows = load_windows(options.windows, model.device)
    ranks = options.rank or [128]
    sets = [Predictors(model, rank) for rank in ranks]
    steps = train(model, sets, windows, options.minutes)
    print(f"{steps} steps of {4 * (windows.size(1) - 1)} tokens")
    with torch.no_grad():
        shares, _ = activation_statistics(model, windows[:64])
    for rank, predictors in zip(ranks, sets):
        save(options.out.format(rank=rank), predictors, shares)


if __name__ == "__main__":
    main()
