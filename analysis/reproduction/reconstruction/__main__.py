"""`python -m analysis.reproduction.reconstruction`: write the reconstructed answers of an edition."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.reproduction.reconstruction import EXCHANGE_STEPS, GROUP_STEPS, reconstruct


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edition-dir", type=Path, default=Path("data/editions/2024"))
    parser.add_argument("--framework-dir", type=Path, default=Path("data/framework"))
    parser.add_argument("--out-dir", type=Path, default=None, help="default: raw/ of the edition")
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--group-steps", type=int, default=GROUP_STEPS)
    parser.add_argument("--exchange-steps", type=int, default=EXCHANGE_STEPS)
    args = parser.parse_args()
    reconstruct(
        args.edition_dir,
        args.framework_dir,
        args.out_dir or args.edition_dir / "raw",
        seed=args.seed,
        progress=lambda message: print(message, file=sys.stderr, flush=True),
        group_steps=args.group_steps,
        exchange_steps=args.exchange_steps,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
