#!/bin/sh
# A package that is installed must not start its server.
exit 101
