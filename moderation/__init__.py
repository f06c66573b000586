"""Moderation decides: what may be done, to what, by whom, and how it is taken back."""
