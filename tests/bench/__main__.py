"""``make bench``: every speed claim beside a baseline that is measured in the same run.

Only the ratios are worth comparing between machines; docs/benchmarks.md says how to read them.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.bench import history, ingest, screen, stream, usage
from tests.bench.measuring import Measured, print_table

PARTS = {
    "ingest": ingest,
    "usage": usage,
    "stream": stream,
    "history": history,
    "screen": screen,
}


def main() -> None:
    """Measure everything, or the parts named on the command line."""
    start = time.monotonic()
    rows: list[Measured] = []
    for name in sys.argv[1:] or PARTS:
        print(f"measuring {name}…", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="orgwatch-bench-") as folder:
            rows += PARTS[name].measure(Path(folder))
    print_table(rows)
    print(f"took {time.monotonic() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
