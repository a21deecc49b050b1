from __future__ import annotations

import os

# As the command does: the matrices of features are small, and BLAS' threads wait for each other
# by spinning, which is slow where there are fewer cores than processes. Before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
