"""The rules: facts in, findings out. No SQL, no Flask, no clock, no exception."""
