"""Pages of the auditor: the journal to search, prove, check and take away."""
