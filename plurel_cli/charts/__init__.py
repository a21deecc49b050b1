"""Figures as charts: Vega-Lite specifications in files, and the figures that each of them draws.

A specification in `specs` says how a kind of chart looks, and knows no database; a `Chart` names
one, and holds the numbers. Names and labels are data of a chart, never part of a specification.
"""
