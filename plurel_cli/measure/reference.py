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

DEPENDENCE: Mapping[str, Quartiles] = MappingProxyType(
    {
        "own_r2": Quartiles(-0.00218, 0.0841, 0.445, 0.685, 0.883),
        "own_noise": Quartiles(0.1, 0.162, 0.25, 0.518, 1),
        "noise_given_parents": Quartiles(0, 0, 0.0811, 0.211, 1),
        "parent_lift_mean": Quartiles(0, 0.0366, 0.107, 0.151, 0.172),
        "child_lift_share": Quartiles(0.0909, 0.429, 0.5, 0.727, 1),
        "sibling_all": Quartiles(0.0253, 0.102, 0.19, 0.26, 0.624),
        "sibling_best_share05": Quartiles(0.462, 0.738, 0.944, 1, 1),
        "between_explained": Quartiles(0, 0.0978, 0.142, 0.231, 0.33),
        "hop0_med": Quartiles(0.00303, 0.0106, 0.0518, 0.0698, 0.199),
        "hop1_share02": Quartiles(0, 0.185, 0.262, 0.345, 0.833),
        "degree_coupling_nocount": Quartiles(0, 0.316, 0.341, 0.389, 0.622),
        "time_drift_net": Quartiles(0, 0.167, 0.258, 0.562, 0.741),
        "lag1_within": Quartiles(0.0432, 0.0773, 0.202, 0.362, 0.538),
        "lag1_within_cat": Quartiles(-0.0742, 0.0332, 0.147, 0.364, 0.628),
        "lag1_global": Quartiles(0.0066, 0.0223, 0.0456, 0.0948, 0.207),
        "history_net": Quartiles(0.00495, 0.0748, 0.112, 0.237, 0.482),
        "test_new_parents": Quartiles(0, 0.347, 0.536, 0.678, 0.857),
        "new_parents_event_share": Quartiles(0, 0.229, 0.379, 0.424, 0.5),
        "cols_with_nulls": Quartiles(0, 0, 0.231, 0.329, 0.732),
        "missing_auc_values": Quartiles(0.611, 0.911, 0.945, 0.968, 1),
        "comissing": Quartiles(0.2, 0.308, 0.409, 0.53, 0.8),
        "top1_share": Quartiles(0, 0.233, 0.424, 0.6, 0.667),
        "zero_share": Quartiles(0, 0, 0.0889, 0.205, 0.311),
        "distinct_ratio": Quartiles(0, 0.00201, 0.00916, 0.0411, 0.864),
        "cat_majority": Quartiles(0.302, 0.515, 0.543, 0.676, 0.738),
        "abs_spearman": Quartiles(0.0197, 0.186, 0.254, 0.388, 0.73),
        "duplicate_rows": Quartiles(0.0269, 0.361, 0.561, 0.715, 0.885),
        "eff_rank_ratio": Quartiles(0.366, 0.548, 0.628, 0.833, 0.881),
    }
)
