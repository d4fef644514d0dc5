#!/usr/bin/env python
"""Django's command line for the newsroom."""

import os
import sys

from django.core.management import execute_from_command_line

from newsroom.config.env import BadSetting

BAD_SETTING = 78  # EX_CONFIG of sysexits; newsroom/common/serve.py reads it

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.config.settings.dev")
    try:
        execute_from_command_line(sys.argv)
    except BadSetting as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(BAD_SETTING)
