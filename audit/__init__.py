"""The journal: an append-only log that an outsider can verify without trusting us."""
