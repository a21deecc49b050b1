"""What compiled code knows by number: the activations it has, in the order of their numbers."""

ACTIVATIONS = (
    *("identity", "silu", "mish", "gelu", "hardswish", "absolute", "bent_identity", "relu"),
    *("leaky_relu", "rrelu", "elu", "selu", "tanhshrink", "softshrink", "hardshrink"),
    *("signed_log", "tanh", "sigmoid", "softsign", "hardsigmoid", "hardtanh", "sign"),
    *("softplus", "logsigmoid", "sine", "cosine", "sines"),
)
