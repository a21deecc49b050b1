"""Columns made by blocks of rows, and the frames they are written from."""
