"""What goes on beside requests: the journal's order, claims, messages, bundles, due dates."""
