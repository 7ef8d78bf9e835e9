"""`python -m deploy.local.scripts [a04 ...]`: play the acceptance scripts in a product of their own and write what
happened to docs/scripts/, a page each.
"""

import sys
from functools import cache

import httpx

from config.settings import ROOT
from deploy.local.beside import own_product
from deploy.local.product import TIMEOUT_S, Console
from deploy.local.scripts import SCRIPTS
from deploy.local.scripts.record import StepFailed
from deploy.local.scripts.stage import House, Script, perform
from deploy.local.scripts.transcript import PAGES, as_markdown, as_plain, page_of


def main(wanted: list[str]) -> int:
    """Exit code: 0 when every script came to its end."""
    chosen = [script for script in SCRIPTS if not wanted or script.id in wanted]
    if not chosen or len(chosen) < len(wanted):
        print(f"scripts: {' '.join(script.id for script in SCRIPTS)}", file=sys.stderr)
        return 2
    with own_product(ROOT / "var" / "log" / "scripts") as env:
        api = f"http://127.0.0.1:{env['API_PORT']}"
        with httpx.Client(base_url=f"http://127.0.0.1:{env['SIM_PORT']}", timeout=TIMEOUT_S) as simulator:
            house = House(simulator, cache(lambda username: Console(api, username)))
            failed = [script.id for script in chosen if not _write(script, house)]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else f'{len(chosen)} scripts, written to {PAGES}'}")
    return 1 if failed else 0


def _write(script: Script, house: House) -> bool:
    """True when the script came to its end and its page is written."""
    print(f"\n== {script.title}", flush=True)
    try:
        record = perform(script, house, lambda moment: print(as_plain(moment), flush=True))
    except StepFailed as broken:
        print(f"!! {script.id}: {broken}", file=sys.stderr)
        return False
    page_of(script.id).write_text(as_markdown(script.title, script.premise, record.moments), encoding="utf-8")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
