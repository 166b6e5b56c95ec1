"""``docs/simulated-org.md``: its examples run, and it leaves out no fault, story or option."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from console.commands.simulate import command as simulate
from console.simulator.faults.documents import COMMON_KEYS
from console.simulator.faults.kinds import KEYS, FaultKind
from console.simulator.scenarios.catalogue import SCENARIOS

PAGE = (Path(__file__).parents[2] / "docs/simulated-org.md").read_text("utf-8")
TOOLS = ("bash", "curl", "jq", "openssl")


@pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason="needs bash, curl, jq and openssl"
)
def test_every_shell_block_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 9
    script = tmp_path / "page.sh"
    script.write_text("set -eu\n" + "echo '--- block'\n".join(blocks) + "wait\n", "utf-8")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(script)],
        cwd=tmp_path,
        env={**os.environ, "PATH": programs},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = [block.split("\n") for block in done.stdout.split("--- block\n")]
    assert '"Max": 115000,' in "\n".join(said[2])
    assert said[4][0].endswith(" users")
    assert said[5][0] == "true"
    assert (said[6][1], said[6][3].strip(), said[6][6]) == ("503", "100", "2")
    assert said[7][-3:-1][0] == "403"


def test_no_fault_and_no_key_is_left_out() -> None:
    for kind in FaultKind:
        (row,) = re.findall(rf"^\|[^|]*`{kind.value}`.*$", PAGE, re.MULTILINE)
        for key in KEYS.get(kind, {}):
            assert f"`{key}`" in row or kind is FaultKind.HTTP_503, f"{kind.value}: {key}"
    for key in COMMON_KEYS:
        assert f"`{key}`" in PAGE


def test_no_story_is_left_out_and_none_invented() -> None:
    section = PAGE.split("## Scenarios")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE) == list(SCENARIOS)


def test_every_option_that_the_page_names_exists() -> None:
    known = {name for parameter in simulate.params for name in parameter.opts}
    named = set(re.findall(r"`(--[a-z-]+)", PAGE)) - {"--config"}
    assert named <= known
