#!/usr/bin/python3
"""What *.md names is there: files and folders in links and between backticks, and the names of types and modules between backticks."""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Files that programs write, and what belongs to others.
ELSEWHERE = {"FILE.html", "traffic.txt", "up.json"}
FOREIGN = {
    # of Swift's libraries
    "Codable", "Double", "JSONDecoder", "StreamLogHandler",
    # of OCPP
    "MessageAttemptInterval", "MeterValueSampleInterval", "TransactionMessageRetryInterval", "TxUpdatedInterval",
    # a placeholder
    "IDS",
}

SUFFIXES = (".c", ".conf", ".css", ".h", ".html", ".js", ".json", ".md", ".mutation", ".patch", ".py", ".sh", ".swift", ".txt", ".yaml", ".yml")
FENCED = re.compile(r"^```.*?^```", re.M | re.S)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.+-]+(?:/[\w.+-]+)*/?")
NAME = re.compile(r"[A-Z]\w*(?:\.\w+)?")

files, folders, words = set(), set(), set()
for folder, subfolders, names in os.walk(ROOT):
    subfolders[:] = [name for name in subfolders if not name.startswith(".build") and name not in (".git", "__pycache__", "node_modules")]
    here = pathlib.PurePath(folder).relative_to(ROOT)
    folders.add(str(here))
    for name in names:
        files.add(str(here / name))
        if name.endswith(SUFFIXES) and not name.endswith(".md") or name == "Makefile":
            words.update(re.findall(r"\w+", (ROOT / here / name).read_text(errors="replace")))

# The ends of all paths: `Engine/JournalGate.swift`, and without `.swift`: `Engine/JournalGate`.
ends = set()
for path in files | folders:
    parts = path.split("/")
    for first in range(len(parts)):
        end = "/".join(parts[first:])
        ends.update((end, end.removesuffix(".swift")))
tops = {path.split("/")[0] for path in files | folders if "/" in path}
rooms = {pathlib.PurePath(path).name for path in folders if path.startswith("Sources")} | tops


def is_path(text):
    """True when a reader would look for a file or folder of this name in the repository."""
    if not PATH.fullmatch(text) or "/.build/" in text or pathlib.PurePath(text).name in ELSEWHERE:
        return False
    first, _, rest = text.partition("/")
    return text.endswith(SUFFIXES) or bool(rest) and first in rooms or bool(re.fullmatch(r"[A-Z]\w+/[A-Z][\w+]*", text))


def check(document):
    text = (ROOT / document).read_text()
    text = FENCED.sub(lambda match: "\n" * match.group().count("\n"), text)
    for number, line in enumerate(text.split("\n"), 1):
        for link in LINK.findall(line):
            target = link.split("#")[0]
            if target and not re.match(r"\w+:", target) and not (ROOT / document.parent / target).exists():
                yield number, f"there is no {link}"
        for span in CODE.findall(line):
            for word in span.split():
                word = word.removeprefix("./").rstrip(";")
                if is_path(word):
                    path = word.rstrip("/")
                    if path not in ends and not (ROOT / document.parent / path).exists():
                        yield number, f"there is no {word}"
            if NAME.fullmatch(span) and span not in FOREIGN | ends:
                for word in span.split("."):
                    if word not in words:
                        yield number, f"nothing is called {span}"
            for word in re.findall(r"--filter (\w+)", span):
                if word not in words:
                    yield number, f"no test is called {word}"


documents = sorted(pathlib.PurePath(path) for path in files if path.endswith(".md"))
problems = [f"✖ {document}:{number}: {problem}" for document in documents for number, problem in check(document)]
if problems:
    sys.exit("\n".join(problems))
print(f"names: what {len(documents)} documents name is there")
