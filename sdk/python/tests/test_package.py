"""I. Types and package."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SDK = HERE.parents[1]
SOURCE = HERE.parent / "src"


def _check(command: list[str], *names: str) -> str:
    env = {**os.environ, "MYPYPATH": str(SOURCE), "PYTHONPATH": str(SOURCE)}
    files = [str(HERE / "types" / name) for name in names]
    done = subprocess.run([*command, *files], env=env, cwd=SDK, capture_output=True, text=True, timeout=600)
    return done.stdout + done.stderr


CHECKERS = {
    "mypy": [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-version",
        "3.12",
        "--cache-dir",
        os.path.join(sys.prefix, "mypy-cache"),
    ],
    "basedpyright": [sys.executable, "-m", "basedpyright", "--level", "error", "--pythonpath", sys.executable],
}


@pytest.mark.parametrize("checker", sorted(CHECKERS))
def test_p83_type_checkers_accept_the_good_and_refuse_each_bad_line(checker: str) -> None:
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed")
    said = _check(CHECKERS[checker], "good.py", "bad.py")
    assert not re.search(r"good\.py:\d+.*error", said), said
    lines = (HERE / "types" / "bad.py").read_text().splitlines()
    wanted = {number for number, line in enumerate(lines, 1) if "# bad" in line}
    found = {int(number) for number in re.findall(r"bad\.py:(\d+):?.*error", said)}
    assert found == wanted


def test_p84_the_built_wheel_is_the_one_that_pip_makes(tmp_path: Path) -> None:
    built = sorted((SDK.parent / "dist" / "sdk").glob("promptlab_sdk-*.whl"))
    if not built or importlib.util.find_spec("hatchling") is None:
        pytest.skip("needs the wheel of `npm run build:sdk`, and hatchling")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(SDK),
        "--no-deps",
        "--no-build-isolation",
        "--quiet",
        "-w",
        str(tmp_path),
    ]
    subprocess.run(command, check=True, capture_output=True)
    [made] = tmp_path.glob("*.whl")
    assert made.name == built[-1].name

    def members(path: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(path) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}

    ours, theirs = members(built[-1]), members(made)
    assert sorted(ours) == sorted(theirs)
    for name in ours:
        if name.startswith("promptlab/"):
            assert ours[name] == theirs[name], name


def test_p84_it_imports_without_the_library(tmp_path: Path) -> None:
    code = "import sys; import promptlab; assert 'openai' not in sys.modules and 'typing_extensions' not in sys.modules; promptlab.track(object())"
    env = {**os.environ, "PYTHONPATH": str(SOURCE), "PROMPTLAB_ENABLED": "false"}
    subprocess.run([sys.executable, "-S", "-c", code], check=True, env=env, cwd=tmp_path)


def test_p85_the_versions_of_the_two_packages_are_the_same() -> None:
    # That `_wire.py` is what the generator makes now is tested beside the generator, which is written in TypeScript.
    import json

    import promptlab

    package = SDK / "package.json"
    if not package.exists():
        package = SDK / "typescript" / "package.json"
    assert promptlab.__version__ == json.loads(package.read_text())["version"]
