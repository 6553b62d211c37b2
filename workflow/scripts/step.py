"""Run a script in a process forked from the build's server, as if it had been started here.

    python -I -S workflow/scripts/step.py SCRIPT ARGUMENT…

`KLASTRY_STEPS` names the server's socket; without it (Snakemake started by hand, or on another machine) the script runs
in this interpreter's own process. Only what comes with Python is imported, and little of that: this starts in
milliseconds.
"""

import json
import os
import socket
import sys
from pathlib import Path


def main(argv):
    """Return the exit code of the step."""
    server = os.environ.get("KLASTRY_STEPS")
    if not server:
        os.execvp("python", ["python", *argv])
    mask = os.umask(0)
    os.umask(mask)
    told = {"argv": argv, "cwd": str(Path.cwd()), "env": dict(os.environ), "umask": mask}
    message = (json.dumps(told) + "\n").encode()
    with socket.socket(socket.AF_UNIX) as wire:
        try:
            wire.connect(server)
            sent = socket.send_fds(wire, [message], [0, 1, 2])
            wire.sendall(message[sent:])
            with wire.makefile() as answer:
                line = answer.readline()
        except OSError as error:
            line = ""
            print(f"step.py: the server of this build ({server}) does not answer: {error}", file=sys.stderr)
    if not line:
        print(f"step.py: {argv[0]} ended without an exit code; start the build again", file=sys.stderr)
        return 1
    return int(line)


sys.exit(main(sys.argv[1:]))
