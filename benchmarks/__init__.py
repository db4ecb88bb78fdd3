"""How fast, against what: `make bench`. Each subject runs in turn with its floors; figures only."""
