"""One step of publishing: `klastry publish …` as a script that the build's server can run."""

import sys

from analysis.cli import main

sys.exit(main(["publish", *sys.argv[1:]]))
