"""`make test`: every check and every test that this machine can run, and a plain word on what it cannot."""
