"""Plays the scenarios of the official conformance suite against the fixtures of `holdfast mcp --conformance`.

Usage: conformance.py PROGRAM HOME stdio|http
Prints `ok REVISION SCENARIO` for each that passes; ends with a traceback at the first that does not.
"""

import scenarios  # noqa: F401  (enters its scenarios)
import scenarios_modern  # noqa: F401
from stage import play

play()
