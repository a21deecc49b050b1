"""The documentation, and what builds the parts of it that come from the code."""
