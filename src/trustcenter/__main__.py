"""`python -m trustcenter` does what `trustcenter` does."""

import sys

from trustcenter.cli import main

sys.exit(main())
