"""The workflow engine on this machine: `python -m analysis.execution.workflow ARGUMENT…`, as `python -m snakemake` is.

Snakemake starts at most a hundred jobs a second, which no machine by itself would exceed. To keep to it, it looks at
all its jobs and their files again a second after each look, once more for each job that has ended: with forty jobs
dozens of times a second, until the end. Here nothing is limited, and it looks when a job has ended.
"""

from __future__ import annotations

import sys

from snakemake.cli import args_to_api, parse_args
from snakemake.exceptions import print_exception


def main(argv: list[str]) -> int:
    """Return the exit code of Snakemake."""
    try:
        parser, args = parse_args(argv)
        args.max_jobs_per_timespan = None
        return 0 if args_to_api(args, parser) else 1
    except Exception as error:
        print_exception(error)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
