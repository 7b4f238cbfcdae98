"""Compares ways to predict which neurons fire, trained and training-free, on one model in the loop.

compare_predictors.py --model model.gguf --calibration calib.npy --holdout holdout.npy [--trained NAME=predictors.safetensors]
                      --out results.json

For each scorer and recall target: share of the gate rows read, bytes of the feed-forward block of a token, loss against
dense and top-1 agreement on the held-out windows. Scorers:
  trained   fc2 relu(fc1 z) + bias, from predictors.py, as f16, Q8_0 and Q4_0
  svd-R     whitened low-rank approximation of the gate: B A z with A, B from the SVD of W C^(1/2), C the covariance of z
            (as in SVDP, arXiv 2603.14110), over the error's standard deviation of each neuron
  high-2    the gate's own two high bits of each weight with its block scale
  sign      signs of the gate's weights and of z (SparseInfer, arXiv 2411.12692)
"""

import argparse
import json

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from bamboo_torch import Bamboo
from predictor_quality import fidelity, thresholds_for
from predictors import load_windows

TARGETS = [0.97, 0.98, 0.99, 0.995, 0.9975, 0.999]
BLOCK = 32
BYTES = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32, "q5_0": 22 / 32}


def quantized(x, kind):
    """x as the named block format would store it, plain round to nearest."""
    if kind == "f16":
        return x
    blocks = x.float().reshape(-1, BLOCK)
    if kind == "q8_0":
        d = blocks.abs().amax(1, keepdim=True) / 127
        q = (blocks / d.clamp(min=1e-12)).round()
    else:
        extreme = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
        d = extreme / -8
        q = (blocks / torch.where(d == 0, torch.ones_like(d), d)).round().clamp(-8, 7)
    return (q * d).reshape(x.shape).to(x.dtype)


def trained_scorer(path, kind, device):
    tensors = {k: v.to(device) for k, v in load_file(path).items()}
    layers = range(len([k for k in tensors if k.endswith("fc1")]))
    fc1 = [quantized(tensors[f"blk.{n}.fc1"], kind).bfloat16() for n in layers]
    fc2 = [quantized(tensors[f"blk.{n}.fc2"], kind).bfloat16() for n in layers]
    bias = [
        tensors[f"blk.{n}.fc2_bias"].float() if f"blk.{n}.fc2_bias" in tensors else torch.zeros(1, device=device)
        for n in layers
    ]
    size = (fc1[0].numel() + fc2[0].numel()) * BYTES[kind]

    def score(n, z):
        return F.linear(F.relu(F.linear(z, fc1[n])), fc2[n]).float() + bias[n]

    return score, size


def covariances(model, windows):
    sums = [torch.zeros(model.d_model, model.d_model, device=model.device, dtype=torch.double) for _ in model.layers]

    def add(n, z, _g, _u, h):
        flat = z.reshape(-1, z.size(-1)).float()
        sums[n] += (flat.T @ flat).double()
        return h

    for ids in windows.split(4):
        model.hidden(ids[:, :-1], add)
    return [s / windows[:, 1:].numel() for s in sums]


def error_scale(model, windows, estimate):
    """Standard deviation of gate - estimate for each neuron [layers][d_ff]."""
    sums = [torch.zeros(model.d_ff, device=model.device, dtype=torch.double) for _ in model.layers]

    def add(n, z, gate, _u, h):
        sums[n] += (gate.float() - estimate(n, z)).square().sum((0, 1)).double()
        return h

    for ids in windows.split(2):
        model.hidden(ids[:, :-1], add)
    return [(s / windows[:, 1:].numel()).sqrt().float().clamp(min=1e-6) for s in sums]


def svd_scorer(model, windows, rank):
    factors = []
    for n, c in enumerate(covariances(model, windows)):
        values, vectors = torch.linalg.eigh(c)
        root = vectors * values.clamp(min=1e-9).sqrt()  # C = root root^T
        gate = model.layers[n]["ffn_gate"].double()
        u, s, vt = torch.linalg.svd(gate @ root, full_matrices=False)
        back = vectors.T / values.clamp(min=1e-9).sqrt()[:, None]  # root^-1
        factors.append(((vt[:rank] @ back).bfloat16(), (u[:, :rank] * s[:rank]).bfloat16()))

    def estimate(n, z):
        a, b = factors[n]
        return F.linear(F.linear(z, a), b).float()

    scale = error_scale(model, windows, estimate)
    size = rank * (model.d_model + model.d_ff) * BYTES["q8_0"]
    return lambda n, z: estimate(n, z) / scale[n], size


def high_bits_scorer(model, windows):
    planes = []
    for w in model.layers:
        blocks = w["ffn_gate"].float().reshape(-1, BLOCK)
        d = blocks.abs().amax(1, keepdim=True) / 16  # Q5_0: 32 levels
        q = (blocks / d.clamp(min=1e-12)).round().clamp(-16, 15)
        high = torch.floor(q / 8) * 8 + 3.5  # two bits of five
        planes.append((high * d).reshape(w["ffn_gate"].shape).bfloat16())

    def estimate(n, z):
        return F.linear(z, planes[n]).float()

    scale = error_scale(model, windows, estimate)
    size = model.d_model * model.d_ff * (2 + 8) / 32
    return lambda n, z: estimate(n, z) / scale[n], size


def sign_scorer(model):
    signs = [torch.sign(w["ffn_gate"].float()).bfloat16() for w in model.layers]
    size = model.d_model * model.d_ff / 8
    return lambda n, z: F.linear(torch.sign(z), signs[n]).float(), size


def ffn_bytes(model, counts, size, candidate_share, active):
    """Bytes of all feed-forward blocks of a token at Q5_0; candidate_share: bytes of a gate row still to read."""
    matrix = model.d_model * model.d_ff * BYTES["q5_0"]
    total = 0.0
    for n, c in enumerate(counts):
        if c is None:
            total += matrix * (1 + active["gate"][n] + active["both"][n])
        else:
            total += size + matrix * (candidate_share * c.kept + c.kept_and_gate_fires + active["both"][n])
    return total


def firing_shares(model, windows):
    shares = {"gate": torch.zeros(model.n_layers), "both": torch.zeros(model.n_layers)}

    def add(n, _z, gate, _u, h):
        shares["gate"][n] += float((gate > 0).float().mean()) / len(windows)
        shares["both"][n] += float((h > 0).float().mean()) / len(windows)
        return h

    for ids in windows.split(1):
        model.hidden(ids[:, :-1], add)
    return {k: v.tolist() for k, v in shares.items()}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True)
    parser.add_argument("--calibration", required=True)
    parser.add_argument("--holdout", required=True)
    parser.add_argument("--trained", action="append", default=[])
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    model = Bamboo(options.model)
    calibration = load_windows(options.calibration, model.device)
    holdout = load_windows(options.holdout, model.device)
    active = firing_shares(model, calibration[:16])
    dense = 3 * model.d_model * model.d_ff * BYTES["q5_0"] * model.n_layers
    exact = ffn_bytes(model, [None] * model.n_layers, 0, 1, active)
    print(f"dense {dense / 1e6:.1f} MB, exact {exact / 1e6:.1f} MB", active, flush=True)
    scorers = {}
    for argument in options.trained:
        name, path = argument.split("=")
        for kind in ("f16", "q8_0", "q4_0"):
            scorers[f"{name}-{kind}"] = (*trained_scorer(path, kind, model.device), 1)
    for rank in (128, 256):
        scorers[f"svd-{rank}"] = (*svd_scorer(model, calibration[:32], rank), 1)
    scorers["high-2"] = (*high_bits_scorer(model, calibration[:16]), 12 / 22)
    scorers["sign"] = (*sign_scorer(model), 1)
    rows = []
    for name, (scorer, size, candidate_share) in scorers.items():
        for target, thresholds in thresholds_for(model, scorer, calibration, TARGETS).items():
            for exact_layers in ((), (0,), (0, 10, 11)):
                used = [None if n in exact_layers else t for n, t in enumerate(thresholds)]
                loss, masked, agreement, counts = fidelity(model, holdout, scorer, used)
                row = {
                    "scorer": name,
                    "target": target,
                    "exactLayers": list(exact_layers),
                    "lossChange": masked / loss - 1,
                    "top1": agreement,
                    "ffnMb": ffn_bytes(model, counts, size, candidate_share, active) / 1e6,
                    "kept": [None if c is None else round(c.kept, 4) for c in counts],
                    "thresholds": used,
                }
                rows.append(row)
                print(
                    f"{name:16} {target:.4f} exact {exact_layers!s:12} loss {row['lossChange'] * 100:+.2f} % top-1 "
                    f"{agreement * 100:.2f} % ffn {row['ffnMb']:.1f} MB kept {row['kept']}",
                    flush=True,
                )
    with open(options.out, "w") as out:
        json.dump({"denseMb": dense / 1e6, "exactMb": exact / 1e6, "rows": rows}, out, indent=1)


if __name__ == "__main__":
    main()
