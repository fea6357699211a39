"""Attar's students as PyTorch modules, with the names of their parameters on both sides."""
import torch
from torch import nn


class Encoder(nn.Module):
    """Pre-norm transformer over padded tokens; the mean over real tokens goes to a linear head."""

    def __init__(self, vocabulary, longest, width, layers, heads, feed_forward, classes, dropout=0.1):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.randn(longest, width) * 0.02)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, feed_forward, dropout, "gelu", batch_first=True, norm_first=True)
            for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, ids, real):
        """Logits; `real` is true where `ids`, [batch, places], holds a token."""
        x = self.tokens(ids) + self.positions[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x, src_key_padding_mask=~real)
        share = real / real.sum(1, keepdim=True)
        return self.head((self.norm(x) * share[..., None]).sum(1))

    @staticmethod
    def name(theirs):
        """The name here of one of Attar's parameters."""
        for old, new in (
                ("tokens.table", "tokens.weight"), ("layer.", "layers."), ("attention.norm", "norm1"),
                ("attention.qkv.", "self_attn.in_proj_"), ("attention.output", "self_attn.out_proj"),
                ("feedforward.norm", "norm2"), ("feedforward.up", "linear1"), ("feedforward.down", "linear2"),
                ("gain", "weight")):
            theirs = theirs.replace(old, new)
        return theirs


class Bag(nn.Module):
    """Weighted sum of table rows, hidden layer, linear head; the table's gradient is sparse."""

    def __init__(self, buckets, width, hidden, classes):
        super().__init__()
        self.table = nn.EmbeddingBag(buckets, width, mode="sum", sparse=True, include_last_offset=True)
        self.hidden = nn.Linear(width, hidden)
        self.head = nn.Linear(hidden, classes)

    def forward(self, ids, offsets, weights):
        return self.head(torch.relu(self.hidden(self.table(ids, offsets, per_sample_weights=weights))))

    @staticmethod
    def name(theirs):
        return "table.weight" if theirs == "table" else theirs
