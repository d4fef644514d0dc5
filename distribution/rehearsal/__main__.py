"""python -m distribution.rehearsal"""

import sys

from distribution.rehearsal.server import main

sys.exit(main())
