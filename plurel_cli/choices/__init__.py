"""What a config may name: registries, ranges and weights, and how each is drawn."""
