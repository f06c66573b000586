"""The index speaks HTTP: routes, clients' formats, uploads, accounts and the command line."""
