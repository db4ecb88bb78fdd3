"""What travels: names, nesting and forms of requests and answers."""
