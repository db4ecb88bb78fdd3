"""E-mail and SMS out: texts, building, transports. Who gets what and when is decided elsewhere."""
