"""`python -m trustcenter.portal`: start, stop and look after a portal."""

from __future__ import annotations

import sys

from trustcenter.portal.commands import main

if __name__ == "__main__":
    sys.exit(main())
