"""Reference pages that are written by the code they describe, one module per page."""
