"""Plays npm: `fake_npm.py pack NAME@VERSION --pack-destination DIR ...`, and does what FAKE_NPM says."""

import os
import shutil
import sys
import time
from pathlib import Path

OFFLINE = """\
npm error code ENOTFOUND
npm error syscall getaddrinfo
npm error errno ENOTFOUND
npm error network request to the registry failed, reason: getaddrinfo ENOTFOUND registry
npm error network This is a problem related to network connectivity.
npm error network In most cases you are behind a proxy or have bad network settings.
npm error A complete log of this run can be found in: /somewhere
"""


def main():
    mode = os.environ["FAKE_NPM"]
    destination = Path(sys.argv[sys.argv.index("--pack-destination") + 1])
    target = destination / (sys.argv[2].replace("@", "-") + ".tgz")
    with Path(os.environ["FAKE_NPM_CALLS"]).open("a") as calls:
        calls.write(f"{os.getpid()}\n")
    source = Path(os.environ["FAKE_NPM_TARBALL"])
    if mode == "offline":
        sys.exit(sys.stderr.write(OFFLINE) and 1)
    if mode == "speechless":
        sys.exit(7)
    if mode == "crash":
        sys.exit("node: cannot load library\nlibc is too old")
    if mode == "full":
        sys.exit("npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write")
    if mode == "nothing":
        return
    if mode in ("half", "hang"):
        target.write_bytes(source.read_bytes()[:-100])
        time.sleep(600 if mode == "hang" else 0)
        return
    if mode == "slow":
        time.sleep(1)
    shutil.copy(source, target)


main()
