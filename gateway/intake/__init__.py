"""A class list as a school has it: file, cells, columns, rows, findings. Nothing is stored here."""
