"""Packs source files into windows of token ids for training and measuring predictors.

predictor_data.py --tokenizer tokenizer.json --texts texts.jsonl[.xz] --out windows.npy [--context 2048] [--seed 1]

Each line of the texts is {"lang", "path", "text"}. Half of the files become infilling prompts with their middle, as the
editor asks for them; the others plain text. Windows do not overlap; what is left over at the end is dropped.
"""

import argparse
import json
import lzma
import random

import numpy as np
from tokenizers import Tokenizer


def read_texts(path):
    opener = lzma.open if path.endswith(".xz") else open
    with opener(path, "rt") as lines:
        for line in lines:
            yield json.loads(line)


def infilling_form(rnd, path, text):
    """The prompt form of the bundled model, suffix first, with the middle behind it."""
    cut = sorted(rnd.randrange(len(text) + 1) for _ in range(2))
    cut[1] = min(cut[1], cut[0] + 400)
    prefix, middle, suffix = text[: cut[0]], text[cut[0] : cut[1]], text[cut[1] :]
    return (
        f"<|file_sep|>{path}\n<|fim_suffix|>{suffix[:1200]}"
        f"<|fim_prefix|>{prefix[-5000:]}<|fim_middle|>{middle}<|endoftext|>"
    )


def pack(tokenizer, texts, context, seed):
    """int32 [windows, context + 1], files in random order."""
    rnd = random.Random(seed)
    documents = [
        (t["path"], t["text"])
        for t in texts
        if "<|" not in t["text"] and len(t["text"]) > 200
    ]
    rnd.shuffle(documents)
    forms = [
        infilling_form(rnd, path, text)
        if rnd.random() < 0.5
        else f"<|file_sep|>{path}\n{text}<|endoftext|>"
        for path, text in documents
    ]
    ids = []
    for encoding in tokenizer.encode_batch(forms, add_special_tokens=False):
        ids.extend(encoding.ids)
    width = context + 1
    count = len(ids) // width
    return np.array(ids[: count * width], dtype=np.int32).reshape(count, width)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--texts", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--context", type=int, default=2048)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    windows = pack(
        Tokenizer.from_file(options.tokenizer),
        read_texts(options.texts),
        options.context,
        options.seed,
    )
    np.save(options.out, windows)
    print(f"{len(windows)} windows of {options.context} tokens")


if __name__ == "__main__":
    main()
