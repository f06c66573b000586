"""Zips and tars, read strictly and with limits: one way to read each, or none."""
