"""Numbers that are the same on every machine: addressed randomness, elementary functions."""
