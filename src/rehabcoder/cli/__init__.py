"""The command line: one file a command, each thin over a plain function.

Modules here import nothing heavy when they are loaded: `rehabcoder --help` and `rehabcoder units` start without spaCy,
numpy or scikit-learn.
"""

from __future__ import annotations

import importlib
import os
import sys

import typer

from rehabcoder.errors import Interrupted, RehabcoderError, UsageError

app = typer.Typer(
    name="rehabcoder",
    help="Read therapy notes: services, minutes, supported codes, units, and what the documentation lacks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

# Order is the order of `--help`. Each module registers itself on `app` through `register(app)`.
COMMANDS = (
    "code", "explain", "query", "schema", "units", "rules", "claims", "visits",
    "import_", "worklist", "serve", "sample", "report", "export_labels", "purge",
    "evaluate", "train", "models", "suggest",
)  # fmt: skip


def _say(error: RehabcoderError) -> int:
    """Say on standard error what ended the command; gives the exit status."""
    # On a terminal progress may stand in the line, or the ^C that was typed.
    start = "\n" if isinstance(error, Interrupted) and sys.stderr.isatty() else ""
    print(f"{start}rehabcoder: {error}", file=sys.stderr)
    return 130 if isinstance(error, Interrupted) else 2 if isinstance(error, UsageError) else 1


try:
    for _name in COMMANDS:
        importlib.import_module(f"rehabcoder.cli.{_name}").register(app)
except KeyboardInterrupt:
    sys.exit(_say(Interrupted()))


def main() -> None:
    """Entry point: a user's mistake becomes a sentence and an exit status, never a traceback."""
    if sys.stdout is None:  # closed by whoever started this; --out still works
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # a full disk is to be noticed here, not when the interpreter ends
    except SystemExit as stop:
        if stop.code == 130:  # typer makes this of Ctrl-C, without a word
            _say(Interrupted())
        raise
    except KeyboardInterrupt:
        sys.exit(_say(Interrupted()))
    except RehabcoderError as error:
        sys.exit(_say(error))
    except BrokenPipeError:
        _drop_output()
        sys.exit(0)
    except OSError as error:
        _drop_output()
        what = f"{error.filename}: it cannot be read or written" if error.filename else "the output cannot be written"
        print(f"rehabcoder: {what} ({error.strerror}).", file=sys.stderr)
        sys.exit(1)


def _drop_output() -> None:
    """What is still to be written goes nowhere: the interpreter would try once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
