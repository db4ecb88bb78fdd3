"""The routes, a file for each of those who call them."""
