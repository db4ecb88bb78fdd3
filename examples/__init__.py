"""Things to run and to read: the demo, a client of the platform's door, class lists to try."""
