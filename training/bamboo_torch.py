"""The Bamboo architecture in PyTorch, loaded from a GGUF file, with a hook on the feed-forward product.

Only for training and measuring predictors: everything is dense and in bfloat16.
"""

import torch
import torch.nn.functional as F

from gguf_tensors import GgufFile


class Bamboo:
    """Dense forward pass over windows [B, T] of token ids on one GPU."""

    def __init__(self, path, device="cuda"):
        file = GgufFile(path)
        arch = file.metadata["general.architecture"]

        def key(name):
            return file.metadata[f"{arch}.{name}"]

        def matrix(name):
            return torch.from_numpy(file.tensor(name)).to(device=device, dtype=torch.bfloat16)

        self.device = device
        self.d_model = int(key("embedding_length"))
        self.d_ff = int(key("feed_forward_length"))
        self.n_layers = int(key("block_count"))
        self.n_heads = int(key("attention.head_count"))
        self.n_kv_heads = int(key("attention.head_count_kv"))
        self.head_dim = self.d_model // self.n_heads
        self.epsilon = float(key("attention.layer_norm_rms_epsilon"))
        self.embedding = matrix("token_embd.weight")
        self.output = (
            matrix("output.weight") if "output.weight" in file else self.embedding
        )
        self.output_norm = matrix("output_norm.weight")
        self.layers = []
        for n in range(self.n_layers):
            names = (
                "attn_norm attn_q attn_k attn_v attn_output ffn_norm ffn_gate ffn_up ffn_down_t"
            ).split()
            self.layers.append({s: matrix(f"blk.{n}.{s}.weight") for s in names})
        theta = float(key("rope.freq_base"))
        exponents = torch.arange(0, self.head_dim, 2, device=device).float() / self.head_dim
        angles = (
            torch.arange(int(key("context_length")), device=device).float()[:, None]
            * theta ** -exponents[None]
        )
        # GGUF turns adjacent pairs (2i, 2i + 1).
        self.cos, self.sin = angles.cos()[None, :, None], angles.sin()[None, :, None]

    def norm(self, x, weight):
        return F.rms_norm(x, (x.size(-1),), weight, self.epsilon)

    def _rotate(self, x):
        t = x.size(1)
        a, b = x.float()[..., 0::2], x.float()[..., 1::2]
        cos, sin = self.cos[:, :t], self.sin[:, :t]
        return torch.stack([a * cos - b * sin, b * cos + a * sin], -1).flatten(-2).to(x.dtype)

    def _attention(self, w, x):
        b, t, _ = x.shape

        def heads(name, n):
            return F.linear(x, w[name]).view(b, t, n, self.head_dim)

        q = self._rotate(heads("attn_q", self.n_heads)).transpose(1, 2)
        k = self._rotate(heads("attn_k", self.n_kv_heads)).transpose(1, 2)
        v = heads("attn_v", self.n_kv_heads).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return F.linear(y.transpose(1, 2).reshape(b, t, -1), w["attn_output"])

    def hidden(self, ids, ffn=None):
        """Normed hidden states [B, T, d_model]. ffn(layer, z, gate, up, h) may replace h [B, T, d_ff]."""
        x = F.embedding(ids, self.embedding)
        for n, w in enumerate(self.layers):
            x = x + self._attention(w, self.norm(x, w["attn_norm"]))
            z = self.norm(x, w["ffn_norm"])
            gate, up = F.linear(z, w["ffn_gate"]), F.linear(z, w["ffn_up"])
            h = F.relu(gate) * F.relu(up)
            if ffn is not None:
                h = ffn(n, z, gate, up, h)
            x = x + h @ w["ffn_down_t"]
        return self.norm(x, self.output_norm)

    def logits(self, hidden):
        return F.linear(hidden, self.output).float()
