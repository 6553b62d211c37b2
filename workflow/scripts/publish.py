"""One step of publishing: `klastry publish …` as a script that the build's server can run."""

import sys

from analysis.cli import main

if __name__ == "__main__":  # workers that are not forked read this file again
    sys.exit(main(["publish", *sys.argv[1:]]))
