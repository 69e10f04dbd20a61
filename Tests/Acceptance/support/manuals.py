"""The manuals as a program reads them.

A block marked ```sh is run and must succeed, one marked ```sh until-ctrl-c must still be running after some seconds and end well at SIGINT, one marked
```sh elsewhere needs a second machine: only its form is checked. A ```text block behind one is what must be seen: its lines in this order, … standing
for anything.
"""

import re
import signal
import subprocess
from typing import NamedTuple

from support.places import ROOT

# 130: killed by SIGINT; 2: make's word for it.
ENDS_WELL = (0, 2, 130, -signal.SIGINT)


class Block(NamedTuple):
    place: str
    info: str
    commands: str
    expected: list


def blocks(manual):
    text = (ROOT / manual).read_text()
    fences = list(re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    found = []
    for fence, following in zip(fences, [*fences[1:], None]):
        if fence[1].split()[:1] == ["sh"]:
            expected = following[2].strip().splitlines() if following and following[1] == "text" else []
            found.append(Block(f"{manual}:{text.count(chr(10), 0, fence.start()) + 1}", fence[1], fence[2].strip(), expected))
    return found


def missing(expected, lines):
    """The first line of the expectation that the output lacks, or None."""
    rest = iter(lines)
    for wanted in expected:
        pattern = ".*".join(re.escape(part) for part in wanted.strip().split("…"))
        if not any(re.search(pattern, line) for line in rest):
            return wanted
    return None


def follow(stack, block):
    """Does what a block says, and holds what is seen against what it promises."""
    if "elsewhere" in block.info:
        subprocess.run(["bash", "-n", "-c", block.commands], check=True)
        return
    expected = [stack.adapted(line) for line in block.expected]
    if "until-ctrl-c" in block.info:
        lines = run_until_interrupted(stack, block.commands, expected)
    else:
        lines = stack.run("set -e\n" + block.commands).splitlines()
    lacks = missing(expected, lines)
    seen = "\n".join(lines)[-4000:]
    assert lacks is None, f"{block.place}: after\n{block.commands}\nthe line\n{lacks}\nwas not seen in\n{seen}"


def run_until_interrupted(stack, command, expected, within=60):
    """Runs until what is expected was seen, or for three seconds when nothing is; then Ctrl-C."""
    with stack.program(command) as program:
        if expected:
            program.until("expected line", lambda lines: missing(expected, lines) is None, within)
        else:
            runs_three_seconds(program)
        assert program.process.poll() is None, f"`{command}` ended by itself with {program.process.returncode}:\n{program.tail()}"
        program.interrupt()
        status = program.ends(10)
        program.reader.join(5)
        assert status in ENDS_WELL, f"`{command}` ended with {status} at Ctrl-C:\n{program.tail()}"
        return program.lines


def runs_three_seconds(program):
    try:
        program.process.wait(3)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError(f"{program.name} ended by itself with {program.process.returncode}:\n{program.tail()}")
