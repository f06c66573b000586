"""The command line: a second door to the same functions."""
