"""What compiled code knows by number: activations, laws and families, in order."""

ACTIVATIONS = (
    *("identity", "silu", "mish", "gelu", "hardswish", "absolute", "bent_identity", "relu"),
    *("leaky_relu", "rrelu", "elu", "selu", "tanhshrink", "softshrink", "hardshrink"),
    *("signed_log", "tanh", "sigmoid", "softsign", "hardsigmoid", "hardtanh", "sign"),
    *("softplus", "logsigmoid", "sine", "cosine", "sines"),
)

LAWS = ("normal", "truncated", "uniform", "sparse")

FAMILIES = (
    *("linear", "bent", "trees", "intervals", "nearest", "quadratic", "waves", "perceptron"),
)
