"""From a clinic's notes to what shows only across visits: CSV, `rehabcoder code`, `rehabcoder visits`."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
HEADER = ("note_id", "date_of_service", "patient_id", "clinician", "discipline", "text")

SQUATS = (
    "Therapeutic exercise 30 min: sit to stand squats to a 45 cm chair 3 x 10, step ups on a 15 cm step 3 x 8, bridges "
    "3 x 12, verbal cues to keep the knee over the second toe and tactile cue at the hip, rest of one minute between "
    "the sets, for quadriceps and gluteal strength. Tolerated well, fatigue 4/10. Strength up to 4/5 from 3+/5."
)
ANEW = (
    "Leg raises today, then {0}; she asked about the stairs at church.",
    "Knee felt looser than last week: {0}, bike to end with.",
    "Began with hamstring stretches, {0} after them, ice to end with.",
    "A little stiff at first: {0}, slower on the last few.",
    "Rainy day, knee stiff. {0} first, then a walk down the hall.",
)
DOSE = "heel raises 3 x 10 with 5 lb"
THERAPIES = (  # one a visit, then three, in words of their own
    "TherEx 15 min: leg press 3 x 10 for quadriceps strength.",
    "TherEx 15 min: bike on level 4 and hamstring curls for endurance.",
    "TherEx 15 min: heel slides and wall slides to gain range.",
    "TherEx 15 min: lunges with 10 lb.\nManual 15 min: patellar glides grade III.\nNMR 15 min: tandem stance on foam, cues.",
    "TherEx 15 min: monster walks, red band.\nManual 15 min: scar massage.\nNMR 15 min: wobble board with eyes closed.",
    "TherEx 15 min: calf raises 2 x 15.\nManual 15 min: tibial distraction.\nNMR 15 min: star reach on one leg, no sway.",
)


def rows() -> Iterator[tuple[str, ...]]:
    # P1: the second note is the first with one figure changed.
    yield "clone-1", "2024-05-01", "P1", "Ruiz", "PT", SQUATS
    yield "clone-2", "2024-05-03", "P1", "Ruiz", "PT", SQUATS.replace("3 x 12", "3 x 14")
    # P2: five notes in words of their own, one dose.
    for n, words in enumerate(ANEW, 1):
        yield f"dose-{n}", f"2024-05-{n:02}", "P2", "Ruiz", "PT", "Therapeutic exercise 15 min: " + words.format(DOSE)
    # P3: one therapy a visit, then three, and the notes report progress.
    for n, text in enumerate(THERAPIES, 1):
        yield f"rise-{n}", f"2024-05-{n:02}", "P3", "Okafor", "PT", text + "\nFlexion up 5 degrees since last visit."
    # One therapist, eleven patients of an hour each on one day.
    for n in range(11):
        text = f"Therapeutic exercise 60 min: leg press {n + 2} x 10 and bike, for strength of patient {n}."
        yield f"full-{n}", "2024-06-03", f"Q{n}", "Long", "PT", text


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with notes.csv and the coded.jsonl that the command line made of it."""
    from typer.testing import CliRunner

    from rehabcoder.cli import app

    folder = tmp_path_factory.mktemp("clinic")
    with (folder / "notes.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows()])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REHABCODER_MODELS", str(folder / "no-models"))
        made = CliRunner().invoke(app, ["code", str(folder / "notes.csv"), "--out", str(folder / "coded.jsonl")])
    assert made.exit_code == 0, made.output
    return folder


def found(run: Run, folder: Path, *arguments: str) -> list[dict[str, object]]:
    status, out, _ = run(
        "visits", folder / "coded.jsonl", "--notes", folder / "notes.csv", *arguments, "--format", "json"
    )
    assert status == 0
    answer: list[dict[str, object]] = json.loads(out)
    return answer


def test_all_four_from_a_clinic_s_notes(rehabcoder: Run, coded: Path) -> None:
    seen = [(each["patient"], each["clinician"], each["id"], each["note_ids"]) for each in found(rehabcoder, coded)]
    assert seen == [
        ("P1", "Ruiz", "cloned_note", ["clone-1", "clone-2"]),
        ("P2", "Ruiz", "dose_unchanged", [f"dose-{n}" for n in range(1, 6)]),
        ("P3", "Okafor", "therapies_rising", [f"rise-{n}" for n in range(1, 7)]),
        (None, "Long", "day_overfull", [f"full-{n}" for n in range(11)]),
    ]


def test_the_figures_behind_them(rehabcoder: Run, coded: Path) -> None:
    share, visits, rise, minutes = (each["value"] for each in found(rehabcoder, coded))
    assert isinstance(share, float)
    assert 0.95 < share < 1
    assert (visits, rise, minutes) == (5, 2.0, 660)


def test_the_table_for_a_person(rehabcoder: Run, coded: Path) -> None:
    status, out, err = rehabcoder("visits", coded / "coded.jsonl", "--notes", coded / "notes.csv")
    assert status == 0
    assert out.startswith("24 notes of 14 patients and 3 therapists, 2024-05-01 to 2024-06-03.\n")
    assert "\nPatient P1\n  2024-05-03, Ruiz  cloned_note (medium): 9" in out
    assert "calf raise: the same dose (3 sets, 10 reps, load 5 lb) at 5 visits in a row." in out
    assert "\nTherapist Long\n  2024-06-03  day_overfull (medium): 660 timed one-on-one minutes" in out
    assert "notes: full-0, full-1, full-2, full-3, full-4, full-5 and 5 more" in out
    assert "4 findings: 1 cloned_note, 1 dose_unchanged, 1 therapies_rising, 1 day_overfull." in out
    assert "Rule of therapies_rising: Use of therapies falls as the patient improves: HNS policy pages." in out
    assert "reads note_id from 'note_id'" in err
    assert "quadriceps" not in out + err  # no words of a note but the name of the activity


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (("--patient", "P1"), ["cloned_note"]),
        (("--clinician", "Ruiz"), ["cloned_note", "dose_unchanged"]),
        (("--finding", "day_overfull"), ["day_overfull"]),
        (("--patient", "P9"), []),
    ],
)
def test_narrowing_it(rehabcoder: Run, coded: Path, options: tuple[str, ...], left: list[str]) -> None:
    assert [each["id"] for each in found(rehabcoder, coded, *options)] == left
    if not left:
        assert (
            "Nothing was found."
            in rehabcoder("visits", coded / "coded.jsonl", "--notes", coded / "notes.csv", *options)[1]
        )


def test_files_for_a_spreadsheet_and_for_a_program(rehabcoder: Run, coded: Path, tmp_path: Path) -> None:
    for name in ("visits.csv", "visits.jsonl"):
        status, out, _ = rehabcoder(
            "visits", coded / "coded.jsonl", "--notes", coded / "notes.csv", "--out", tmp_path / name
        )
        assert status == 0
        assert out.endswith(f"4 findings -> {tmp_path / name}\n")
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    with (tmp_path / "visits.csv").open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    assert [(row["patient"], row["finding"], row["value"]) for row in table][1:] == [
        ("P2", "dose_unchanged", "5"), ("P3", "therapies_rising", "2.0"), ("", "day_overfull", "660"),
    ]  # fmt: skip
    assert table[0]["note_ids"] == "clone-1;clone-2"
    lines = (tmp_path / "visits.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == found(rehabcoder, coded)


def test_limits_and_policy_of_a_site(rehabcoder: Run, coded: Path, tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text("[day]\nmany_minutes = 660\n[dose]\nleast_visits = 6\n")
    left = [each["id"] for each in found(rehabcoder, coded, "--limits", str(limits))]
    assert left == ["cloned_note", "therapies_rising"]
    policy = tmp_path / "payer.toml"
    policy.write_text(
        'id = "x"\nname = "X"\nsource = "s"\nrule = "cms"\nfindings_off = ["cloned_note", "day_overfull"]\n'
        '[[versions]]\nversion = "1"\neffective_from = 2020-01-01\n'
    )
    left = [each["id"] for each in found(rehabcoder, coded, "--policy", str(policy))]
    assert left == ["dose_unchanged", "therapies_rising"]


def test_columns_of_other_names(rehabcoder: Run, coded: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    text = (coded / "notes.csv").read_text(encoding="utf-8")
    other.write_text(text.replace("patient_id,clinician", "who,by whom", 1), encoding="utf-8")
    assert rehabcoder("visits", coded / "coded.jsonl", "--notes", other)[1].startswith(
        "24 notes of 0 patients and 0 therapists, 2024-05-01 to 2024-06-03; 24 notes without a patient: not compared with "
        "others; 24 notes without a therapist: in no day's minutes.\n\nNothing was found."
    )
    named = ("--column", "patient_id=who", "--column", "clinician=by whom", "--format", "json")
    assert len(json.loads(rehabcoder("visits", coded / "coded.jsonl", "--notes", other, *named)[1])) == 4


def test_coded_notes_without_a_text_are_named(rehabcoder: Run, coded: Path, tmp_path: Path) -> None:
    some = tmp_path / "some.csv"
    lines = (coded / "notes.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    some.write_text("".join(lines[:3]).replace("second toe", "big toe", 1), encoding="utf-8")
    status, out, err = rehabcoder("visits", coded / "coded.jsonl", "--notes", some)
    assert status == 3
    assert out.startswith("1 note of 1 patient and 1 therapist, 2024-05-03 to 2024-05-03.")
    assert "23 coded notes without a text given: clone-1, dose-1" in err


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("coded.jsonl",), 2, "Give the notes that were coded with --notes"),
        (("coded.jsonl", "--notes", "notes.csv", "--format", "xml"), 2, "--format is 'xml'"),
        (("coded.jsonl", "--notes", "notes.csv", "--out", "visits.xlsx"), 2, "ends in .jsonl or .csv"),
        (
            ("coded.jsonl", "--notes", "notes.csv", "--finding", "clone"),
            2,
            "no finding here is called 'clone'. Did you mean cloned_note?",
        ),
        (("coded.jsonl", "--notes", "notes.csv", "--limits", "none.toml"), 1, "none.toml: No such file"),
        (("coded.jsonl", "--notes", "notes.csv", "--policy", "none"), 1, "no policy is called 'none'"),
        (("coded.jsonl", "--notes", "notes.csv", "--column", "text"), 2, "FIELD=NAME"),
        (("nowhere.jsonl", "--notes", "notes.csv"), 1, "the coded file cannot be read"),
        (("coded.claims.jsonl", "--notes", "notes.csv"), 1, "coded.claims.jsonl:1: this line is no coded note"),
        (("notes.csv", "--notes", "notes.csv"), 1, "notes.csv:1: this line is no coded note"),
        (("empty.jsonl", "--notes", "notes.csv"), 1, "holds no coded note"),
        (("coded.jsonl", "--notes", "none.csv"), 1, "unchanged. Reading them: none.csv: there is no such"),
        (("coded.jsonl", "--notes", "other.csv"), 1, "none of the 24 coded notes has its text among the notes given"),
    ],
)
def test_mistakes(
    rehabcoder: Run, coded: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], status: int, says: str
) -> None:
    monkeypatch.chdir(coded)
    Path("empty.jsonl").write_text("\n")
    Path("other.csv").write_text("note_id,text\nclone-1,Therapeutic exercise 15 min\n")
    found, out, err = rehabcoder("visits", *arguments)
    assert (found, out) == (status, "")
    assert says in err
    assert "Traceback" not in err
