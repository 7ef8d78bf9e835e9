"""Makes the machine ready, then hands over: `python3 -m deploy.local.setup MODE [MODULE [ARGUMENT...]]`.

Started by the Makefile with the machine's own python3. This file must parse on any Python 3, so that an old one gets a
sentence instead of a traceback; the work is in plan.py and steps.py (standard library only).
"""

import sys

OLDEST = (3, 11)


def main(arguments: "list[str]") -> int:
    """Exit code: 0 when all steps are done; otherwise the failure has been told."""
    if sys.version_info < OLDEST:
        found = "%d.%d" % sys.version_info[:2]
        print("Xinqiao needs Python 3.11 or newer as python3; this is %s. Try: make PYTHON=python3.12 run" % found)
        return 1
    from deploy.local import hand_over  # noqa: PLC0415 -- its syntax is newer than this check

    return hand_over.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
