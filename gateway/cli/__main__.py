"""`python -m gateway.cli`, which `bin/soglasie` runs.

`soglasie import` needs neither settings nor a database, and is not made to wait for them.
"""

import sys

if sys.argv[1:2] == ["import"]:
    from gateway.cli.importing import importing

    importing(sys.argv[2:], prog_name="soglasie import")
else:
    from gateway.cli.main import main

    main()
