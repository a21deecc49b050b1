"""Stage 2: which parent each child row refers to."""
