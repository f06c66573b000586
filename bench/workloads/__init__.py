"""The workloads, in the order of the table."""

from bench.stage import Workload
from bench.workloads import pages

ALL: tuple[Workload, ...] = (*pages.WORKLOADS,)
