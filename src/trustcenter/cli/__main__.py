"""`python -m trustcenter.cli` does what `trustcenter` does."""

import sys

from trustcenter.cli import main

sys.exit(main())
