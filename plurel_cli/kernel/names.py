"""What compiled code knows by number: activations, and laws of weights, in their order."""

ACTIVATIONS = (
    *("identity", "silu", "mish", "gelu", "hardswish", "absolute", "bent_identity", "relu"),
    *("leaky_relu", "rrelu", "elu", "selu", "tanhshrink", "softshrink", "hardshrink"),
    *("signed_log", "tanh", "sigmoid", "softsign", "hardsigmoid", "hardtanh", "sign"),
    *("softplus", "logsigmoid", "sine", "cosine", "sines"),
)

LAWS = ("normal", "truncated", "uniform", "sparse")
