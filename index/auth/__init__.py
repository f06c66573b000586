"""Who asks: passwords, tokens, callers."""
