"""How numpy and the encoders use this processor; must be set before either is imported."""

from __future__ import annotations

import os
from pathlib import Path


def environment() -> dict[str, str]:
    """Variables for a process that computes; values already set by the operator win.

    One OpenMP thread: two threads on shared cores spin against one another (E5, 16 tokens: 24 ms alone, 870 ms
    beside a busy process). And numpy 1.22's OpenBLAS does not know recent processors: it falls back on SSE2, four
    times slower, unless told which kernels to use.
    """
    variables = {"OMP_NUM_THREADS": "1"}
    flags = _processor_flags()
    if "avx512f" in flags:
        variables["OPENBLAS_CORETYPE"] = "SkylakeX"
    elif "avx2" in flags:
        variables["OPENBLAS_CORETYPE"] = "Haswell"
    return {name: os.environ.get(name, value) for name, value in variables.items()}


def apply() -> None:
    os.environ.update(environment())


def _processor_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return set(next((line.split(":", 1)[1] for line in lines if line.startswith("flags")), "").split())
