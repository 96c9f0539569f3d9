"""Runs the library's own offline tests twice, on clients as they are and on tracked ones, and names what passes only without us.

    python sdk/python/long/openai_own.py CHECKOUT

CHECKOUT is a work tree or a bare repository of openai-python, fetched by you and never part of this repository. Takes about five
minutes on two cores; no part of `npm test`. `--keyword EXPR` is handed to pytest as `-k`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SDK = Path(__file__).parents[2]
# What its tests import, beside the library itself.
NEEDED = [
    "pytest",
    "pytest-asyncio",
    "pytest-xdist",
    "inline-snapshot",
    "dirty-equals",
    "time-machine",
    "nest-asyncio",
    "rich",
    "trio",
    "botocore",
]
# These want its mock server, or tools of its own repository.
LEFT_OUT = [
    "tests/api_resources",
    "tests/lib/test_fine_tuning_positional_arguments.py",
    "tests/test_uv_workflows.py",
    "tests/test_dependency_constraints.py",
]

PLUGIN = """
import atexit, functools, json, os
import openai, promptlab
count = 0
def transport(request):
    body = json.loads(request.body)
    records = body.get("logs") or body.get("spans")
    results = [{"index": index, "id": record["id"], "status": "created"} for index, record in enumerate(records)]
    return promptlab.Response(200, json.dumps({"results": results}).encode())
lab = promptlab.PromptLab(api_key="x", transport=transport)
def tracked(kind):
    original = kind.__init__
    # One of the tests compares its signature with that of copy().
    @functools.wraps(original)
    def __init__(self, *args, **kwargs):
        global count
        original(self, *args, **kwargs)
        if type(self).__init__ is __init__ or kind is type(self):
            lab.track(self)
            count += 1
    kind.__init__ = __init__
for kind in (openai.OpenAI, openai.AsyncOpenAI, openai.AzureOpenAI, openai.AsyncAzureOpenAI):
    tracked(kind)
def say():
    with open(os.environ["TRACKED_COUNT"], "a") as file:
        file.write(f"{count}\\n")
atexit.register(say)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--keyword", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = export(given.checkout, work / "openai-python")
        python = make_environment(work / "venv", source)
        (work / "promptlab_tracked.py").write_text(PLUGIN)
        raw = run(python, source, work, given.keyword, is_tracked=False)
        tracked = run(python, source, work, given.keyword, is_tracked=True)
        clients = sum(int(line) for line in (work / "count").read_text().split())
    regressions = sorted(name for name, passed in raw.items() if passed and not tracked.get(name, False))
    print(
        f"raw: {sum(raw.values())} of {len(raw)} pass; tracked: {sum(tracked.values())} of {len(tracked)}; {clients} tracked clients"
    )
    for name in regressions:
        print(f"passes only without us: {name}")
    print(f"{len(regressions)} regressions")
    # A run in which no client was tracked says nothing.
    return 1 if regressions or clients == 0 else 0


def export(checkout: Path, target: Path) -> Path:
    """A copy of what is committed, so that nothing is written into the checkout."""
    target.mkdir(parents=True)
    archive = subprocess.run(["git", "-C", str(checkout), "archive", "HEAD"], check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)
    return target


def make_environment(folder: Path, source: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, f"{source}[aiohttp,realtime]", str(SDK), *NEEDED], check=True)
    return python


def run(python: Path, source: Path, work: Path, keyword: str, *, is_tracked: bool) -> dict[str, bool]:
    """Whether each test passed, by name."""
    report = work / f"{'tracked' if is_tracked else 'raw'}.xml"
    command = [str(python), "-m", "pytest", "tests", "-q", "-n", "2", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    command += [f"--ignore={path}" for path in LEFT_OUT] + (["-k", keyword] if keyword else [])
    command += ["-p", "promptlab_tracked"] if is_tracked else []
    env = {**os.environ, "PYTHONPATH": str(work), "TRACKED_COUNT": str(work / "count"), "PROMPTLAB_API_KEY": ""}
    done = subprocess.run(command, cwd=source, env=env, capture_output=True, text=True)
    if not report.exists():
        raise SystemExit(done.stdout + done.stderr)
    print(done.stdout.strip().splitlines()[-1], file=sys.stderr)
    results: dict[str, bool] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        if case.find("skipped") is None:
            results[name] = case.find("failure") is None and case.find("error") is None
    return results


if __name__ == "__main__":
    sys.exit(main())
