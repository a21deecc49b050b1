"""Stage 3: the window, the dates of activity tables, and series over rows."""
