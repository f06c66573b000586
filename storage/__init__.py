"""Storage remembers: the database, the journal, the blobs, and the one visibility query."""
