"""What real databases have: quartiles over 11 of them, measured as here.

The databases are of match results, bank accounts, censuses of animals, question-and-answer sites,
git histories, timetables and film ratings; 4 to 26 tables, 17 thousand to 0.5 million rows each.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from plurel_cli.measure.family import Quartiles

REALISM: Mapping[str, Quartiles] = MappingProxyType(
    {
        "B": Quartiles(0.295, 0.596, 0.775, 0.824, 0.922),
        "ties": Quartiles(0.159, 0.523, 0.675, 0.97, 0.995),
        "fano_week": Quartiles(3.59, 20.8, 30.4, 159, 582),
        "weekday_max_min": Quartiles(1.4, 1.85, 2.31, 4.79, 9595),
        "hour_max_min": Quartiles(5.07, 9.96, 12.9, 421, 2730),
        "last_over_first_half": Quartiles(0.662, 0.88, 1.63, 3.15, 6.86),
        "dispersion": Quartiles(4.66, 14.3, 52, 73.3, 148),
        "gini": Quartiles(0.112, 0.341, 0.512, 0.682, 0.978),
        "max_over_mean": Quartiles(1.35, 4.66, 7.76, 16.4, 176),
        "childless": Quartiles(0, 0, 0.0771, 0.225, 0.953),
        "lifetime_over_null": Quartiles(0.000894, 0.0383, 0.124, 0.516, 0.999),
        "run_lift": Quartiles(0.0104, 0.0698, 0.214, 0.53, 0.894),
        "nmi_excess": Quartiles(0.00639, 0.0979, 0.183, 0.396, 0.647),
        "parent_before_child": Quartiles(0.859, 1, 1, 1, 1),
        "nullable_fk_share": Quartiles(0, 0, 0, 0.222, 0.462),
        "null_rate_of_nullable": Quartiles(0.00146, 0.0351, 0.223, 0.55, 1),
        "fks_both_timed": Quartiles(0, 0.211, 0.25, 0.394, 0.923),
        "self_refs": Quartiles(0, 0, 0, 0.5, 3),
        "fk_in_multi_share": Quartiles(0, 0, 0, 0.444, 0.5),
        "depth": Quartiles(1, 2, 2, 2.5, 3),
        "missing_mean": Quartiles(4e-05, 0.0216, 0.111, 0.157, 0.216),
        "missing_gt50": Quartiles(0, 0.027, 0.104, 0.16, 0.243),
        "kurtosis": Quartiles(-1.14, -0.0465, 1.87, 7.37, 395),
        "int_numeric": Quartiles(0.333, 0.859, 0.97, 1, 1),
        "share_categorical": Quartiles(0.0732, 0.164, 0.192, 0.369, 0.391),
        "share_bool": Quartiles(0, 0.0374, 0.0561, 0.202, 0.488),
        "share_text": Quartiles(0, 0.0122, 0.066, 0.179, 0.333),
        "cat_card": Quartiles(5, 8.25, 10, 32.5, 1180),
    }
)
