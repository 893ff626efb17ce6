"""The lock files pin what pyproject.toml asks for, with hashes, without an address, and agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-spark.lock")
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^ ]+)( ; [^\\]+)? \\$", re.MULTILINE)


def pins(name: str) -> dict[str, set[str]]:
    """Versions by package: several where they depend on the version of Python."""
    found: dict[str, set[str]] = {}
    for package, version, _ in PIN.findall((ROOT / name).read_text(encoding="utf-8")):
        found.setdefault(package, set()).add(version)
    return found


def asked_for() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    plain = [line for extra, lines in extras.items() if extra != "spark" for line in lines]
    groups = [line for lines in project["dependency-groups"].values() for line in lines]
    core = project["project"]["dependencies"] + project["build-system"]["requires"]
    return {"requirements.lock": core + plain + groups, "requirements-spark.lock": extras["spark"]}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_asked_for_is_pinned_in_range(name: str) -> None:
    pinned = pins(name)
    assert asked_for()[name]
    for line in asked_for()[name]:
        wanted = Requirement(line)
        versions = pinned.get(canonicalize_name(wanted.name), set())
        assert versions, f"{wanted.name} is not in {name}: run `make lock`"
        assert all(wanted.specifier.contains(version) for version in versions), f"{wanted} against {versions}"


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash_and_no_address_stands_in_the_file(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text
    blocks = [block for block in re.split(r"\n(?=[a-z0-9])", text) if not block.startswith("#")]
    assert len(blocks) > 30
    for block in blocks:
        assert "==" in block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_two_locks_agree() -> None:
    plain, spark = pins("requirements.lock"), pins("requirements-spark.lock")
    assert {package: versions for package, versions in spark.items() if plain.get(package, versions) != versions} == {}
