"""The command line: one file a command, each thin over a plain function.

Modules here import nothing heavy when they are loaded: `rehabcoder --help` and `rehabcoder units` start without spaCy,
numpy or scikit-learn.
"""

from __future__ import annotations

import importlib
import sys

import typer

from rehabcoder.errors import RehabcoderError, UsageError

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

for _name in COMMANDS:
    importlib.import_module(f"rehabcoder.cli.{_name}").register(app)


def main() -> None:
    """Entry point: a user's mistake becomes a sentence and an exit status, never a traceback."""
    try:
        app()
    except RehabcoderError as error:
        print(f"rehabcoder: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        sys.exit(0)
