#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from pilots import origin
    from pilots.choices import Via

    with origin.entered(Via.COMMAND, " ".join(sys.argv[1:2])):
        execute_from_command_line(sys.argv)
