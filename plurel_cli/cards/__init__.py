"""Cards of datasets, as hubs show them: a text, and a drawing made without a browser."""
