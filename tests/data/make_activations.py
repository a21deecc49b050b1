"""Write activations.json: what PyTorch makes of activations and of a few perceptrons.

Needs torch, which the tests do not: ``pip install torch==2.13.0`` in an environment of its own,
then ``python tests/data/make_activations.py``. Inputs and weights are float32, values float64.
"""

import json
import math
from itertools import pairwise
from pathlib import Path

OUT = Path(__file__).with_name("activations.json")

INPUTS = [
    *(k / 16 for k in range(-128, 129)),
    *(sign * x for x in (1e-30, 1e-6, 1e-3, 0.4999, 0.5001) for sign in (-1, 1)),
    *(
        sign * x
        for x in (9.5, 15, 19.9, 20.1, 30, 86, 89, 104, 1e3, 71477, 1e6)
        for sign in (-1, 1)
    ),
]

PERCEPTRONS = [
    ((3, 8, 8, 2), ("tanh", "gelu"), (1.0, 0.5)),
    ((1, 32, 32, 32, 32), ("relu", "sine", "mish"), (0.4, 2.7, 1.3)),
    ((1, 32, 1), ("elu",), (2.5,)),
    ((32, 32, 32), ("softplus",), (0.37,)),
    ((4, 1), (), ()),
    ((2, 8, 8, 3), ("identity", "bent_identity"), (2.6e3, 2.2e3)),  # beyond the limits of 1e6
]
"""Widths, activations between the layers, factors of their outputs."""


def main() -> None:
    import torch
    from torch.nn import functional

    functions = {
        "relu": functional.relu,
        "elu": functional.elu,
        "selu": functional.selu,
        "silu": functional.silu,
        "softsign": functional.softsign,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "hardswish": functional.hardswish,
        "mish": functional.mish,
        "leaky_relu": functional.leaky_relu,
        "gelu": functional.gelu,
        "softplus": functional.softplus,
        "hardsigmoid": functional.hardsigmoid,
        "hardtanh": functional.hardtanh,
        "celu": functional.celu,
        "tanhshrink": functional.tanhshrink,
        "rrelu": lambda x: functional.rrelu(x, training=False),
        "logsigmoid": functional.logsigmoid,
        "softshrink": functional.softshrink,
        "hardshrink": functional.hardshrink,
        "identity": torch.nn.Identity(),
        "absolute": torch.abs,
        "sine": torch.sin,
        "cosine": torch.cos,
        "sign": torch.sign,
        "clip": lambda x: torch.clamp(x, -1, 1),
        "signed_log": lambda x: torch.sign(x) * torch.log1p(torch.abs(x)),
        "bent_identity": lambda x: (torch.sqrt(x * x + 1) - 1) / 2 + x,
    }
    inputs = torch.tensor(INPUTS, dtype=torch.float32)
    values = {name: function(inputs.double()).tolist() for name, function in functions.items()}

    generator = torch.Generator().manual_seed(3)
    perceptrons = []
    for widths, names, scales in PERCEPTRONS:
        matrices = [
            torch.randn(n_in, n_out, generator=generator) / math.sqrt(n_in)
            for n_in, n_out in pairwise(widths)
        ]
        rows = torch.randn(16, widths[0], generator=generator)
        y = functional.linear(rows.double(), matrices[0].double().T)
        for name, scale, matrix in zip(names, scales, matrices[1:], strict=True):
            y = torch.clamp(functions[name](y) * scale, -1e6, 1e6)
            y = functional.linear(y, matrix.double().T)
        perceptrons.append(
            {
                "matrices": [matrix.tolist() for matrix in matrices],
                "activations": names,
                "scales": scales,
                "rows": rows.tolist(),
                "values": y.tolist(),
            }
        )
    document = {
        "torch": torch.__version__,
        "inputs": inputs.tolist(),
        "values": values,
        "perceptrons": perceptrons,
    }
    OUT.write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
