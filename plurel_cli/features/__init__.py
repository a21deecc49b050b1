"""Stage 4: feature columns from structural causal models."""
