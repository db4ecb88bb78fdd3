"""`python -m gateway.cli`, which `bin/soglasie` runs."""

from gateway.cli.main import main

main()
