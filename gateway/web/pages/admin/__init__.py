"""Pages of the administrator: schools, staff, platforms, programmes, post. Nobody's family."""
