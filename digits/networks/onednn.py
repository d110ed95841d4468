"""Convolutions by oneDNN with weights packed beforehand.

The only place that uses private operators of PyTorch.

They are the ones that torch.compile puts in a convolution's place. A test fails where PyTorch no longer has them;
networks then compute the same by `torch.conv2d`, more slowly.
"""

from typing import Any

import torch

PRIVATE_NAMES = ("torch.ops.mkldnn._convolution_pointwise", "torch._C._nn.mkldnn_reorder_conv2d_weight")


def _find(name: str) -> Any:
    """Returns a private operator of PyTorch, or None where it does not exist."""
    found: Any = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


def missing_private_names() -> list[str]:
    """Returns those of `PRIVATE_NAMES` that this PyTorch lacks."""
    return [name for name in PRIVATE_NAMES if _find(name) is None]


AVAILABLE = torch.backends.mkldnn.is_available() and not missing_private_names()
_convolve, _pack_weight = map(_find, PRIVATE_NAMES)


class PackedConvolution:
    """A convolution with stride 1, for batches of one shape; the weights are packed at the first call.

    `weight` (maps, inputs, height, width), `bias` (maps,), `padding` (rows, columns) on each side.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, padding: tuple[int, int]) -> None:
        self._weight, self._bias = weight, bias
        self._window = list(padding), [1, 1], [1, 1], 1  # padding, stride, dilation, groups
        self._packed: torch.Tensor | None = None

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) → (N, maps, H′, W′)."""
        if self._packed is None:
            weight = self._weight.to_mkldnn()
            self._packed = _pack_weight(weight, *self._window, list(batch.shape))
        return _convolve(batch, self._packed, self._bias, *self._window, "none", [], "")
