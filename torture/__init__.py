"""The index under load while things break: what was answered has to stay true."""
