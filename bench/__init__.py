"""The benchmark: this index beside its peers, in one run, on one machine."""
