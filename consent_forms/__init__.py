"""The texts a family sees. A published text never changes."""
