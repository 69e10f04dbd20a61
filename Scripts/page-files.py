#!/usr/bin/python3
"""Writes Sources/C/CDashboardPage/pages.c, which puts the page's files into the program; --check only compares."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "Sources" / "C" / "CDashboardPage"
TARGET = FOLDER / "pages.c"


def text():
    files = [("openapi.yaml", "../../../openapi.yaml")]
    files += [(path.relative_to(FOLDER / "web").as_posix(), path.relative_to(FOLDER).as_posix()) for path in sorted((FOLDER / "web").rglob("*")) if path.is_file()]
    lines = [
        "// Written by Scripts/page-files.py: do not edit.",
        '#include "CDashboardPage.h"',
        "",
        '#pragma clang diagnostic ignored "-Wc23-extensions"',
        "",
    ]
    for number, (_, path) in enumerate(files):
        lines += [f"static const uint8_t file{number}[] = {{", f'#embed "{path}"', "};", ""]
    lines += ["static const wattline_page_file_t files[] = {"]
    lines += [f'    {{"{name}", file{number}, sizeof file{number}}},' for number, (name, _) in enumerate(files)]
    lines += [
        "};",
        "",
        "size_t wattline_page_count(void) { return sizeof files / sizeof files[0]; }",
        "",
        "wattline_page_file_t wattline_page_file(size_t index) { return files[index]; }",
        "",
    ]
    return "\n".join(lines)


if sys.argv[1:] == ["--check"]:
    if not TARGET.exists() or TARGET.read_text() != text():
        sys.exit("✖ Sources/C/CDashboardPage/pages.c is not as Scripts/page-files.py writes it: run it")
else:
    TARGET.write_text(text())
