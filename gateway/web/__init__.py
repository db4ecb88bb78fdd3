"""HTTP: decode a request, call one action, encode what came of it."""
