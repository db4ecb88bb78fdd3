"""One verb a file. An action is handed a Unit and never commits."""
