"""Runs as a process of its own, without Django: a folder with `layout.typ`, `document.json` and pictures becomes a PDF on stdout.

Before the PDF stands one line of JSON: `{"missing": bool}`, whether some characters have no glyph in any font of this machine.
With `png` after the folder's name it becomes a picture of its one page instead.
Typst reads nothing outside the folder; packages, which it would fetch, have a proxy that answers nobody.
"""

import json
import os
import re
import resource
import sys

MEMORY = 2 << 30  # bytes of address space; two hundred fonts are mapped into it
CPU_S = 10
PPI = 144.0  # two points of a screen to one of paper: sharp on a slide
NO_GLYPH = re.compile(r"could not be displayed with")


def main(folder: str, form: str = "pdf") -> None:
    """Print what `folder` becomes. PDF/UA-1 where that can be, else (characters without a glyph) a tagged PDF; or a PNG."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ[name] = "http://127.0.0.1:9"

    import typst

    compiler = typst.Compiler(
        input=os.path.join(folder, "layout.typ"),
        root=folder,
        package_path=os.path.join(folder, "no-packages"),
        package_cache_path=os.path.join(folder, "no-packages"),
    )
    is_missing = False
    out = sys.stdout.buffer
    if form == "png":
        drawn = compiler.compile(format="png", ppi=PPI)
        if not isinstance(drawn, bytes):
            sys.exit("no single picture came out")
        out.write(json.dumps({"missing": False}).encode() + b"\n")
        out.write(drawn)
        return
    try:
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=0)
    except typst.TypstError as error:
        is_missing = NO_GLYPH.search(str(error)) is not None
        said = {"missing": "yes"} if is_missing else {}
        made = compiler.compile(format="pdf", sys_inputs=said, timestamp=0)  # tagged all the same
    if not isinstance(made, bytes):
        sys.exit("no PDF came out")
    out.write(json.dumps({"missing": is_missing}).encode() + b"\n")
    out.write(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
