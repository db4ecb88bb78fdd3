"""Pages for people: the same actions as the API, as HTML that works without JavaScript."""
