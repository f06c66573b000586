"""Uploads: the form, the archive, the verdict."""
