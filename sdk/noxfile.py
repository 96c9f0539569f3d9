"""For people: every test on every major of `openai` and every Python that is installed, and the type checkers. `npm test` needs no nox.

cd sdk && uvx nox
"""

import nox

nox.options.default_venv_backend = "uv|virtualenv"
OPENAI = ["1.40.0", "1.109.1", "2.54.0", "3.57.0"]
PYTHONS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]


@nox.session(python=PYTHONS)
@nox.parametrize("openai", OPENAI)
def tests(session: nox.Session, openai: str) -> None:
    """All of P1 to P85."""
    if session.python == "3.9" and openai[0] != "1":
        session.skip(f"openai {openai} needs Python 3.10")
    # openai 1.40 hands an argument to httpx that 0.28 does not know any more.
    older = ["httpx<0.28"] if openai == "1.40.0" else []
    session.install(f"openai=={openai}", *older, "pytest>=8,<9", "hatchling")
    if openai == OPENAI[-1]:
        session.install("gevent")
    session.run("pytest", *session.posargs)


@nox.session(python="3.12")
@nox.parametrize("openai", OPENAI[1:])
def types(session: nox.Session, openai: str) -> None:
    """P83 with both type checkers, and mypy on our own sources."""
    session.install(f"openai=={openai}", "pytest>=8,<9", "mypy", "basedpyright")
    session.run("pytest", "-k", "p83")
    session.run("mypy", "--strict", "python/src/promptlab")


@nox.session
def lint(session: nox.Session) -> None:
    session.install("ruff")
    session.run("ruff", "check", "python")
