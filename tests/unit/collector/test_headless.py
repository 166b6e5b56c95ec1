"""The collector's process loads nothing of the screen."""

import subprocess
import sys


def test_the_collector_never_loads_the_screen():
    program = (
        "import sys, console.collector.supervisor;"
        "print([m for m in sys.modules if m.split('.')[0] in ('textual', 'plotext', 'widgets')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
