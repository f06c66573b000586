"""The bytes of files: whole, in part, or not at all when the client has them."""
