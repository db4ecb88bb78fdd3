"""The service: HTTP, commands, storage and the worker."""
