"""Settings of mechanisms: the depth, widths and kinds of multilayer perceptrons."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.choices.choice import Choice, IntegerRange, OneOf, RealRange
from plurel_cli.choices.kinds import Integers, Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.features.activations import activations
from plurel_cli.features.initialisations import initialisations

_ACTIVATIONS = (
    "relu", "elu", "selu", "silu", "softsign", "tanh", "sigmoid", "hardswish", "mish",
    "leaky_relu", "gelu", "softplus", "hardsigmoid", "hardtanh", "celu", "tanhshrink", "rrelu",
    "logsigmoid", "softshrink", "hardshrink", "identity", "absolute", "sine", "cosine", "sign",
    "clip", "signed_log", "bent_identity", "random_function",
)  # fmt: skip


class MlpConfig(Section):
    """Multilayer perceptrons without biases, the published method's mechanism."""

    layers: Annotated[Choice[int], Integers(ge=1, le=16)] = Field(
        default=IntegerRange(2, 4), description="Linear layers."
    )
    hidden: int = Field(default=32, ge=1, le=256, description="Width between the layers.")
    keep: Annotated[Choice[float], Reals(gt=0, le=1)] = Field(
        default=RealRange(0.3, 1.0),
        description="Probability d that a weight is kept, drawn for each matrix; weights that "
        "are kept are divided by d.",
    )
    log_scale: Annotated[Choice[float], Reals(ge=-10, le=10)] = Field(
        default=RealRange(-1.0, 1.0),
        description="Logarithm of the factor of an activation's output, drawn for each layer.",
    )
    initialisation: Annotated[Choice[str], Names(initialisations.names)] = Field(
        default=OneOf(
            (
                "kaiming_normal",
                "kaiming_uniform",
                "xavier_normal",
                "xavier_uniform",
                "truncated_normal",
                "sparse_normal",
            )
        ),
        description="Distribution of a matrix of weights, drawn for each matrix.",
    )
    activation: Annotated[Choice[str], Names(activations.names)] = Field(
        default=OneOf(_ACTIVATIONS), description="Activation, drawn for each layer but the last."
    )
