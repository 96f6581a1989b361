"""Sentences, mentions, links, themes and near-duplicates of landed articles."""

import os

# A task is one process and there is one for each core: more threads in one of them would only
# spin. The library reads this when it is loaded, so it has to stand before any import of numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
