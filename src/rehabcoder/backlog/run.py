"""A backlog from its files to its results, over all cores, resumable."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rehabcoder.backlog.coding import Load, load_coder
from rehabcoder.backlog.finish import join_parts, repeated_ids, write_all_claims, write_failures
from rehabcoder.backlog.parts import SHOWN, Done, Part
from rehabcoder.backlog.places import FURTHER, beside, refuse_to_replace
from rehabcoder.backlog.pool import Pool, free_cores
from rehabcoder.backlog.progress import OnProgress, Progress
from rehabcoder.backlog.shards import Place, Shard, shards
from rehabcoder.backlog.store import RUN, Store, changed, fingerprint, rules_and_model, work_folder
from rehabcoder.backlog.worker import Setup
from rehabcoder.billing.thresholds import YearToDate, amounts_sha256, read_year_to_date
from rehabcoder.errors import RehabcoderError, UsageError
from rehabcoder.note import Json
from rehabcoder.readers import Options, Source
from rehabcoder.readers.sources import STDIN, find
from rehabcoder.writers import FORMATS, format_of
from rehabcoder.writers.files import private, private_folder

Tell = Callable[[str], None]
Engine = Callable[[Setup, Iterable[Shard]], Iterator[Done]]
"""Codes shards and writes their parts (`parts.write_part`), in any order; in place of worker processes."""


@dataclass(slots=True)
class Summary:
    """What a run did. `failures` are the first failed notes (id, source, error); all stand in `failed_file`.

    `review` notes need a person, `settled` ones do not; `taken_over` were coded by the run that this one went on with.
    `unclaimed` notes have no patient or no date, and stand in no claim.
    `repeated` ids stand for more than one note each; `repeated_ids` are the first of them.
    """

    out: str
    notes: int = 0
    failed: int = 0
    review: int = 0
    settled: int = 0
    quarantined: int = 0
    repeated: int = 0
    taken_over: int = 0
    claims: int = 0
    claims_with_kx: int = 0
    unclaimed: int = 0
    claims_file: str | None = None
    failed_file: str | None = None
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    repeated_ids: list[str] = field(default_factory=list)
    seconds: float = 0.0


def code_backlog(
    paths: Sequence[str],
    *,
    out: str | os.PathLike[str],
    format: str | None = None,
    input_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    model: str | os.PathLike[str] | None = None,
    policy: str = "medicare-part-b",
    jobs: int = 1,
    year_to_date: str | os.PathLike[str] | None = None,
    seconds_per_note: float = 60.0,
    load: Load | None = None,
    engine: Engine | None = None,
    on_progress: OnProgress | None = None,
    tell: Tell | None = None,
) -> Summary:
    """Code the notes that `paths` hold into `out`; what this promises stands in `rehabcoder.backlog`.

    Args:
        paths: files, folders, patterns, or `-` for standard input.
        out: a file if it ends in .jsonl, .csv, .parquet or .xlsx, else a folder of parts.
        format: of the parts of a folder: jsonl (default), csv or parquet.
        input_format, columns: as `readers.read_notes` takes them (`format` there).
        model, policy: as `rehabcoder.load` takes them.
        jobs: worker processes; 0 for one a core.
        year_to_date: CSV file of the amounts so far (`billing.thresholds.read_year_to_date`), for KX on the claims.
        seconds_per_note: after how long without an answer a note is held to hang.
        load: makes the coder in each worker, in place of `rehabcoder.load`.
        engine: codes the shards, in place of worker processes on this machine.
        on_progress: called after every shard; `progress.shown_on()` makes one that prints.
        tell: called with a sentence for each thing that a user should know.

    Raises:
        UsageError: a setting makes no sense; `out` names a file of another format, is an input or another file that no
            run wrote, or holds the results or the beginning of another run.
        RehabcoderError: the results cannot be written, or the model or the policy not be loaded.
    """
    options = Options.checked(input_format, columns, tell)
    target, kind = Path(out), _kind(Path(out), format)
    amounts = None if year_to_date is None else read_year_to_date(year_to_date)
    single = format_of(target) is not None
    if jobs < 0:
        raise UsageError("the number of jobs is negative", remedy="Give 0 for one job a core.")
    listed = find(paths, options.notices, any_suffix=input_format is not None)
    sources = [source for source in listed if not _is_result(source, target)]
    model_path = None if model is None else os.path.abspath(model)
    settings: Json = {
        "format": kind,
        "input_format": input_format,
        "columns": dict(options.columns),
        "model": model_path,
        "policy": policy,
        **rules_and_model(policy, model_path),
        "year_to_date": None if amounts is None else amounts_sha256(amounts),
        "inputs": fingerprint(sources),
    }
    if not single and (before := _results_there(target, settings)) is not None:
        return before
    work = work_folder(target, single_file=single)
    read = [source.name for source in sources] + ([] if year_to_date is None else [os.fspath(year_to_date)])
    refuse_to_replace(target, read, single_file=single, going_on=(work / RUN).exists())
    private_folder(target.parent if single else target)
    part = _part(kind, target, work, single)
    setup = Setup(load or load_coder, model_path, policy, input_format, options.columns, part)
    with Store(work, settings) as store:
        run = _Run(store, sources, on_progress, tell)
        cores = jobs or free_cores()
        if engine is not None:
            run.follow(engine(setup, run.to_do(options)))
        else:
            with Pool(setup, seconds=seconds_per_note) as pool:
                run.follow(pool.run_all(run.to_do(options), cores))
        summary = _results(run, part, target, single, policy, cores, amounts)
        if not single:
            _record(summary, settings, target)
        store.finished = True
    return summary


class _Run:
    """The shards of one run: which are to do, what has become of them."""

    def __init__(
        self, store: Store, sources: Sequence[Source], on_progress: OnProgress | None, tell: Tell | None
    ) -> None:
        self.done = dict(store.done)
        self._sources = sources
        self._on_progress, self._tell = on_progress, tell
        self._first = store.in_a_row()
        self._bytes = max(1, sum(source.size for source in sources))
        self._bytes_done = 0
        self.progress = Progress()
        for one in self.done.values():
            self._count(one)
        self.progress.taken_over, self.progress.share_before = self.progress.notes, self.progress.share

    def to_do(self, options: Options) -> Iterator[Shard]:
        """The shards that are not done, from where the run before stopped."""
        start = Place(*self.done[self._first - 1].end) if self._first else Place()
        known = frozenset(self.done)
        return (s for s in shards(self._sources, options, number=self._first, start=start) if s.number not in known)

    def follow(self, coded: Iterator[Done]) -> None:
        """Take note of each shard as it is done.

        Raises:
            RehabcoderError: its model is another than that of the shards before.
        """
        for one in coded:
            self._same_model(one)
            self.done[one.number] = one
            self._count(one)
            for sentence in one.told if self._tell is not None else ():
                self._tell(sentence)  # type: ignore[misc]
            self._show()
        self.progress.finished = True
        self._show()

    def _show(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self.progress)

    def _count(self, one: Done) -> None:
        self.progress.notes += one.notes
        self.progress.failed += one.failed
        self.progress.review += one.review
        self._bytes_done += one.size
        self.progress.share = min(1.0, self._bytes_done / self._bytes)

    def _same_model(self, one: Done) -> None:
        others = {other.model_version for other in self.done.values() if other.model_version}
        if one.model_version and others - {one.model_version}:
            raise RehabcoderError(
                "the model has changed since the run began",
                remedy="Delete the output and start again, so that all notes are coded by one model.",
            )

    def in_order(self) -> list[Done]:
        return [self.done[number] for number in sorted(self.done)]


def _kind(target: Path, format: str | None) -> str:
    """The format of the results."""
    named = format_of(target)
    parts = [name for name in FORMATS if name != "xlsx"]
    if named is not None and format not in (None, named):
        raise UsageError(f"--out names a {named} file, not {format}", remedy="Leave the format out.")
    if named is None and format not in (None, *parts):
        raise UsageError(f"a folder of parts cannot be {format}", remedy=f"Use {', '.join(parts)}.")
    return named or format or "jsonl"


def _part(kind: str, target: Path, work: Path, single: bool) -> Part:
    if kind == "xlsx":  # a workbook is written at the end, from parts in JSON Lines
        return Part("jsonl", work, work, about=True)
    return Part(kind, work if single else target, work, header=not single)


def _is_result(source: Source, target: Path) -> bool:
    """Whether a source found in a folder is what this run itself writes there."""
    if source.name == STDIN or not source.found:
        return False
    path, out = os.path.realpath(source.name), os.path.realpath(target)
    return path == out or path.startswith(out + os.sep)


def _results_there(target: Path, settings: Json) -> Summary | None:
    """The summary of the same run if it is over already; None where nothing is there, or its beginning.

    Raises:
        UsageError: the folder holds results of another run.
    """
    if not target.is_dir() or work_folder(target, single_file=False).is_dir():
        return None
    try:
        record = json.loads((target / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = None
    differing = None if record is None else changed(record["settings"], settings)
    if record is not None and not differing and settings["inputs"] is not None:
        summary = Summary(out=os.fspath(target), **record["summary"])
        summary.taken_over = summary.notes
        for name in ("claims_file", "failed_file"):
            if getattr(summary, name) is not None:
                setattr(summary, name, os.fspath(target / getattr(summary, name)))
        return summary
    if record is not None or any(target.glob("part-*")):
        raise UsageError(
            "the folder holds the results of another run"
            + (f" (changed: {', '.join(differing)})" if differing else ""),
            where=str(target),
            remedy="Choose another --out, or delete it.",
        )
    return None


def _results(
    run: _Run, part: Part, target: Path, single: bool, policy: str, jobs: int, amounts: YearToDate | None
) -> Summary:
    """Everything that is written once all shards are done."""
    done, progress = run.in_order(), run.progress
    claims_file, failed_file = (beside(target, name, single_file=single) for name in FURTHER)
    claims, kx = write_all_claims(done, part, claims_file, policy=policy, jobs=jobs, year_to_date=amounts)
    write_failures(done, part, failed_file)
    repeated = repeated_ids(done, part)
    if single:
        join_parts(done, part, target, format_of(target) or "")
    return Summary(
        os.fspath(target),
        notes=progress.notes,
        failed=progress.failed,
        review=progress.review,
        settled=progress.notes - progress.failed - progress.review,
        quarantined=sum(one.quarantined for one in done),
        repeated=len(repeated),
        taken_over=progress.taken_over,
        claims=claims,
        claims_with_kx=kx,
        unclaimed=sum(one.unclaimed for one in done),
        claims_file=os.fspath(claims_file) if claims else None,
        failed_file=os.fspath(failed_file) if progress.failed else None,
        failures=[failure for one in done for failure in one.failures][:SHOWN],
        repeated_ids=repeated[:SHOWN],
        seconds=progress.seconds,
    )


def _record(summary: Summary, settings: Json, target: Path) -> None:
    """Say in the folder what run its results are of; the same for the same run, however often it was interrupted."""
    told = asdict(summary)
    for name in ("out", "seconds", "taken_over"):
        del told[name]
    for name in ("claims_file", "failed_file"):
        told[name] = told[name] and os.path.basename(told[name])
    with private(target / RUN) as unfinished:
        unfinished.write_text(json.dumps({"settings": settings, "summary": told}, indent=1) + "\n", encoding="utf-8")
