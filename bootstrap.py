"""Sets up .venv from the lock files and runs a command in it. Needs only Python, no make and no packages.

This file must be readable by every Python 3, so that an old one can say that it is too old.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: two set-ups at once are not guarded there
    fcntl = None

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.json"
BOOTSTRAP_LOCK = ROOT / "bootstrap.lock"
RUNTIME_LOCK = ROOT / "requirements.lock"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.lock"  # contains the runtime set

USAGE = """Usage: python3 bootstrap.py COMMAND [ARGUMENTS]

  setup        create .venv with what running Pilotage needs
  run          start Pilotage with the demo portfolio (PORT=8001 for another port)
  test         run all checks and tests; with arguments, run pytest with those arguments only
  lint         run only the checks of style, types, imports and settings
  bench        measure the main pages against a bare Django page
  simulate     see how often the rules about KPIs err, on made-up pilots
  screenshots  take pictures of the main pages
  ci           run all checks and tests, and fail if anything had to be left out"""

# Words that installers print when the package index cannot be reached.
NETWORK_TROUBLE = (
    "name resolution",
    "NewConnectionError",
    "Failed to establish",
    "Connection refused",
    "Connection reset",
    "ConnectTimeout",
    "Network is unreachable",
    "dns error",
    "error sending request",
    "No matching distribution found",  # what pip concludes when no index answers
)


class SetupError(Exception):
    """The set-up cannot go on; the message is a sentence for the person at the terminal."""


def main(arguments):
    """Run one command of USAGE; returns the exit code, or replaces this process with the command."""
    if sys.version_info < OLDEST_PYTHON:
        print(python_too_old(), file=sys.stderr)
        return 2
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if command not in COMMANDS:
        print(USAGE)
        return 0 if command in ("help", "-h", "--help") else 2
    try:
        return COMMANDS[command](rest)
    except SetupError as error:
        print("\n" + str(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the set-up was complete. Run the same command again.", file=sys.stderr)
        return 130


def python_too_old():
    """The sentence for a Python that cannot run Pilotage."""
    return (
        "Pilotage needs Python {}.{} or newer; this is Python {}.{} ({}).\n"
        "Run the same command with a newer one, for example: "
        "python3.12 bootstrap.py run, or make run PYTHON=python3.12"
    ).format(*(OLDEST_PYTHON + tuple(sys.version_info[:2]) + (sys.executable,)))


def setup(_arguments):
    """Create or refresh .venv for running."""
    ensure_installed(RUNTIME_LOCK)
    print("Ready: {} has everything that running needs. Next: make run".format(VENV.name))
    return 0


def run(arguments):
    """Start Pilotage with its demo portfolio."""
    ensure_installed(RUNTIME_LOCK)
    os.environ.setdefault("DEMO", "on")
    return replace_by("manage.py", "up", *arguments)


def test(arguments):
    """Run checks and tests."""
    ensure_installed(DEVELOPMENT_LOCK)
    return replace_by("-m", "tests.everything", *arguments)


def lint(_arguments):
    """Run the checks that need no test."""
    ensure_installed(DEVELOPMENT_LOCK)
    return replace_by("-m", "tests.everything", "--checks-only")


def ci(arguments):
    """Run checks and tests; whatever would be left out is a failure."""
    os.environ["PILOTAGE_REQUIRE_ALL"] = "1"
    return test(arguments)


def bench(arguments):
    """Measure the main pages."""
    ensure_installed(DEVELOPMENT_LOCK)
    return replace_by("-m", "tests.bench", *arguments)


def simulate(arguments):
    """Let made-up pilots show how often the rules about KPIs err."""
    ensure_installed(DEVELOPMENT_LOCK)
    return replace_by("-m", "tests.metrics.simulation", *arguments)


def screenshots(arguments):
    """Take pictures of the main pages."""
    ensure_installed(DEVELOPMENT_LOCK)
    return replace_by("-m", "tests.screenshots", *arguments)


COMMANDS = {
    "setup": setup,
    "run": run,
    "test": test,
    "lint": lint,
    "ci": ci,
    "bench": bench,
    "simulate": simulate,
    "screenshots": screenshots,
}


def replace_by(*arguments):
    """Continue as the environment's Python, so that signals reach the command itself."""
    os.chdir(str(ROOT))
    sys.stdout.flush()
    command = [str(PYTHON)] + list(arguments)
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(command[0], command)


def ensure_installed(lock):
    """Make .venv hold what the lock file lists; instant when it already does. Raises SetupError."""
    if is_installed(lock):
        return
    with Path(__file__).open() as guard:  # no file of its own is needed to hold the lock on
        wait_for_other_setups(guard)
        if not is_installed(lock):  # another set-up may have done it meanwhile
            install(lock)


def wait_for_other_setups(guard):
    """Hold the lock on the open file until it is closed, after any other set-up has let go of it."""
    if fcntl is None:
        return
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another set-up is at work in this folder; waiting for it to finish.")
        fcntl.flock(guard, fcntl.LOCK_EX)


def is_installed(lock):
    """Whether .venv belongs here and to this Python, and holds exactly this version of the lock file."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and stamp.get("home") == home() and stamp.get(lock.name) == fingerprint(lock)


def install(lock):
    """Create .venv if it is missing or broken, install the lock file, and note that it is done."""
    STAMP.unlink(missing_ok=True)
    if not is_usable():
        create_environment()
    print("Installing the packages of {} (about half a minute the first time).".format(lock.name), flush=True)
    install_packages(lock)
    stamp = {"home": home(), RUNTIME_LOCK.name: fingerprint(RUNTIME_LOCK), lock.name: fingerprint(lock)}
    STAMP.write_text(json.dumps(stamp, indent=1))


def home():
    """What an environment is tied to: its folder and the Python that made it."""
    return "{} {}.{}".format(VENV.resolve(), *sys.version_info[:2])


def fingerprint(lock):
    """The SHA-256 of a lock file, as hexadecimal text."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def is_usable():
    """Whether .venv is an environment of this Python version with a working pip."""
    question = "import sys, pip; sys.exit(sys.version_info[:2] != {})".format(tuple(sys.version_info[:2]))
    asked = [str(PYTHON), "-c", question]
    return PYTHON.exists() and subprocess.run(asked, capture_output=True).returncode == 0


def create_environment():
    """Create .venv from scratch. Raises SetupError with what to install when this Python cannot."""
    print("Creating {} with Python {}.{}.{}.".format(VENV.name, *sys.version_info[:3]), flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, cwd=str(ROOT)
    )
    if made.returncode == 0:
        return
    said = made.stdout + made.stderr
    if "ensurepip" in said or "No module named venv" in said:
        raise SetupError(
            "This Python has no venv module with pip, which Debian and Ubuntu ship separately. "
            "Install it, then run the same command again:\n\n  sudo apt-get install python3-venv"
        )
    raise SetupError("The environment {} could not be created:\n{}".format(VENV, said.strip()))


def install_packages(lock):
    """Install a hashed lock file with uv, or with plain pip where uv does not work. Raises SetupError."""
    with_uv = ["-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--compile-bytecode"]
    with_uv += ["--system-certs"]  # as a company's proxy needs
    with_uv += ["--python", str(PYTHON), "-r", str(lock)]
    with_pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--disable-pip-version-check"]
    if attempt([*with_pip, "-r", str(BOOTSTRAP_LOCK)])[0] and attempt(with_uv)[0]:
        return
    print("The fast installer (uv) did not work here; using pip, which takes about a minute.", flush=True)
    succeeded, said = attempt([*with_pip, "-r", str(lock)])
    if succeeded:
        return
    if any(words in said for words in NETWORK_TROUBLE):
        raise SetupError(
            "The packages could not be downloaded: the package index does not answer. "
            "Check the network connection and the proxy settings, then run the same command again."
        )
    raise SetupError("The packages of {} could not be installed:\n{}".format(lock.name, said.strip()[-3000:]))


def attempt(arguments):
    """Run the environment's Python; returns whether it succeeded and what it printed."""
    done = subprocess.run(
        [str(PYTHON), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=str(ROOT)
    )
    return done.returncode == 0, done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
