"""The workloads, in the order of the table."""

from bench.stage import Workload
from bench.workloads import files, misses, nodes, pages, resolving, root, sizes, uploads, workers

ALL: tuple[Workload, ...] = (
    *pages.WORKLOADS,
    *misses.WORKLOADS,
    *files.WORKLOADS,
    *uploads.WORKLOADS,
    *resolving.WORKLOADS,
    *workers.WORKLOADS,
    *nodes.WORKLOADS,
    *sizes.WORKLOADS,
    *root.WORKLOADS,
)
