"""Writes a copy of a GGUF file with other predictors.

attach_predictors.py --model model.gguf --predictors predictors.safetensors --out new.gguf

fc1 and fc2 become Q4_0 (each block's scale is searched), the bias F32; old predictors and their thresholds are left out,
everything else is copied as it is. Thresholds come from `bamboo calibrate` afterwards.
"""

import argparse
import json
import struct
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "test/fixtures"))

from gguf_tensors import GgufFile  # noqa: E402
from gguf_writer import BLOCKS, F32, Q4_0, GgufWriter  # noqa: E402

BLOCK, BLOCK_BYTES = BLOCKS[Q4_0]


def read_safetensors(path):
    """name -> float32 array; the file holds f16 and is trusted."""
    raw = Path(path).read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    tensors = {}
    for name, info in json.loads(raw[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        first, last = (8 + size + offset for offset in info["data_offsets"])
        data = np.frombuffer(raw[first:last], np.float16).astype(np.float32)
        tensors[name] = data.reshape(info["shape"])
    return tensors


def quantize_q4_0(matrix):
    """uint8 blocks; of 21 scales around extreme / -8 the one with the least squared error."""
    blocks = matrix.reshape(-1, BLOCK)
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(1)[:, None], 1)
    best_error = np.full(len(blocks), np.inf)
    best = np.zeros((len(blocks), BLOCK_BYTES), np.uint8)
    for step in np.linspace(0.8, 1.2, 21):
        scale = (extreme / -8 * step).astype(np.float16)
        d = scale.astype(np.float32)
        q = np.clip(np.round(blocks / np.where(d == 0, 1, d)), -8, 7)
        error = np.square(blocks - q * d).sum(1)
        better = error < best_error
        nibbles = (q[better] + 8).astype(np.uint8)
        best[better, :2] = scale[better].view(np.uint8).reshape(-1, 2)
        best[better, 2:] = nibbles[:, :16] | nibbles[:, 16:] << 4
        best_error[better] = error[better]
    return best


def is_predictor(name):
    return name.endswith((".fc1.weight", ".fc2.weight", ".fc2.bias"))


def attach(model, predictors, out):
    file = GgufFile(model)
    tensors = read_safetensors(predictors)
    writer = GgufWriter(out, file.magic)
    writer.copy_metadata(file, leave_out=("bamboo.predictor.thresholds",))
    kept = [name for name in file.names() if not is_predictor(name)]
    for name in kept:
        writer.declare(name, file.shape(name), file.type(name))
    layers = range(file.metadata[f"{file.metadata['general.architecture']}.block_count"])
    for n in layers:
        for part in ("fc1", "fc2"):
            rows, cols = tensors[f"blk.{n}.{part}"].shape
            writer.declare(f"blk.{n}.{part}.weight", (cols, rows), Q4_0)
        writer.declare(f"blk.{n}.fc2.bias", tensors[f"blk.{n}.fc2_bias"].shape, F32)
    writer.begin()
    for name in kept:
        writer.write(name, file.raw(name))
    for n in layers:
        for part in ("fc1", "fc2"):
            writer.write(f"blk.{n}.{part}.weight", quantize_q4_0(tensors[f"blk.{n}.{part}"]))
        writer.write(f"blk.{n}.fc2.bias", tensors[f"blk.{n}.fc2_bias"])
    writer.close()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True)
    parser.add_argument("--predictors", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    attach(options.model, options.predictors, options.out)


if __name__ == "__main__":
    main()
