"""``script/soak``: visits by chance on and on, with a server, a proxy and a browser of their own; counts at the end."""

import argparse
import math
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM_OPTIONS, chromium
from tests.faults.mortal import mortal_server
from tests.faults.proxy import FaultProxy
from tests.faults.soak import Soak
from tests.faults.soak_steps import by_chance
from tests.field import make_field

VISITS_A_MINUTE = 4


def main(arguments: list[str] | None = None) -> int:
    """0 when nothing was lost, doubled, overwritten, refused or asked without need."""
    options = _options(arguments)
    try:
        program = chromium()
    except RuntimeError as problem:
        print(f"script/soak: {problem}", file=sys.stderr)
        return 2
    print(f"first seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        folder = Path(place)
        audits = make_field(folder, options.visits or max(2, round(options.minutes * VISITS_A_MINUTE)))
        with (
            mortal_server(folder / "data") as server,
            FaultProxy(server.port) as proxy,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
            soak = Soak(browser, proxy, server.data / "base.sqlite3", audits, by_chance)
            seconds = math.inf if options.visits else options.minutes * 60
            count = soak.play(options.seed, seconds, say=lambda words: print(words, flush=True))
            soak.close()
            browser.close()
    print(count.report())
    return 1 if count.wrong else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--visits", type=int, default=None, help="so many visits, however long they take")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
