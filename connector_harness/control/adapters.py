"""The agent that the settings of an endpoint name, loaded."""

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from connector_harness.client.settings import Endpoint, SettingsError, closest
from connector_harness.control.agent import METHODS, Agent
from connector_harness.redaction.redactor import Redactor

MANUAL = "manual"
"""The agent that is a person."""

_FAILURES = (Exception, SystemExit)
"""How somebody else's code may fail; what is written as a program may end in its own way."""


def load_agent(endpoint: Endpoint, *, rootdir: Path) -> Agent | None:
    """Return who plays the agent at *endpoint*; None where its settings name nobody.

    An adapter's module is found from *rootdir*, the folder of ``pyproject.toml``.

    Raises:
        SettingsError: Nobody can be had under that name; the message lists all that is wrong.
    """
    if endpoint.agent is None:
        return None
    loading = _Loading(endpoint, rootdir)
    return loading.person() if endpoint.agent == MANUAL else loading.adapter()


class _Loading:
    """The loading of one agent, which knows how to complain."""

    def __init__(self, endpoint: Endpoint, rootdir: Path) -> None:
        self._endpoint = endpoint
        self._rootdir = rootdir

    def person(self) -> Agent:
        # Imported here: not every system has such terminals, and few runs have such an agent.
        try:
            from connector_harness.control import manual_agent  # noqa: PLC0415
        except ImportError:
            is_there = False
        else:
            is_there = manual_agent.somebody_is_there()
        if not is_there:
            raise self._refusal(
                "there is no terminal at which a person could be asked",
                "run it at a terminal and in the foreground, or name an adapter",
            )
        return manual_agent.ManualAgent(manual_agent.Person())

    def adapter(self) -> Agent:
        module_name, _, factory_name = str(self._endpoint.agent).partition(":")
        if str(self._rootdir) not in sys.path:
            # As pytest's setting pythonpath does; an adapter may import more when it is called.
            sys.path.insert(0, str(self._rootdir))
        module = self._module(module_name)
        factory = getattr(module, factory_name, None)
        if factory is None:
            names = [name for name in vars(module) if not name.startswith("_")]
            raise self._refusal(
                f"{module_name} has no {factory_name!r}{closest(factory_name, names)}",
                "name a function that takes the endpoint and returns an agent",
            )
        try:
            agent: Agent = factory(self._endpoint)
            problems = list(_problems(agent, factory_name))
        except _FAILURES as error:
            raise self._refusal(
                f"{factory_name} failed: {self._told(error)}",
                "mend it, or what it calls; it gets the endpoint and returns an agent",
            ) from error
        if problems:
            raise self._refusal(
                "; ".join(problems),
                "derive the class from connector_harness.control.agent.Agent, and write what the "
                "desk can do",
            )
        return agent

    def _module(self, name: str) -> ModuleType:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise self._refusal(
                    f"{name} cannot be imported: it needs {error.name}, which is not installed",
                    f"install {error.name}",
                ) from error
            near = closest(error.name, _modules_beside(error.name, self._rootdir))
            raise self._refusal(
                f"there is no module {error.name!r}{near}",
                f"write it as it is imported from {self._rootdir}",
            ) from None
        except _FAILURES as error:
            what = f"{name} cannot be imported: {self._told(error)}"
            raise self._refusal(what, "mend the module") from error

    def _told(self, error: BaseException) -> str:
        redactor = Redactor()
        for secret in self._endpoint.secrets:
            redactor.add(secret)
        places = traceback.extract_tb(error.__traceback__)
        # The project's own line, where libraries raise what it made them raise.
        ours = [e for e in places if Path(e.filename).is_relative_to(self._rootdir)]
        place = ([e for e in ours if "site-packages" not in Path(e.filename).parts] or places)[-1]
        words = redactor.text(f"{type(error).__name__}: {error}")
        return f"{words} ({Path(place.filename).name}:{place.lineno})"

    def _refusal(self, what: str, remedy: str) -> SettingsError:
        name, agent = self._endpoint.name, self._endpoint.agent
        return SettingsError(
            f"endpoint {name!r} cannot be used: nobody can play the agent\n"
            f"  agent = {agent!r}: {what}\n"
            f"     at: pyproject.toml, [tool.connector_harness.endpoints.{name}]\n"
            f"     next: {remedy}, or leave agent out"
        )


def _problems(agent: object, factory_name: str) -> Iterator[str]:
    lacking = [name for name in (*METHODS, "cannot", "sign_out") if not hasattr(agent, name)]
    undone = {*lacking, *getattr(agent, "cannot", ())}
    if lacking:
        kind = type(agent).__name__
        yield f"{factory_name} returned {kind}, which lacks: {', '.join(lacking)}"
    for name in dir(agent):
        near = "" if name.startswith("_") else closest(name, undone - {name}, cutoff=0.8)
        if near:
            yield f"{name!r} is no method of an agent{near}"


def _modules_beside(name: str, rootdir: Path) -> list[str]:
    package, _, _ = name.rpartition(".")
    spec = importlib.util.find_spec(package) if package else None
    folders = list(spec.submodule_search_locations or []) if spec else [str(rootdir)]
    prefix = f"{package}." if package else ""
    return [f"{prefix}{each.name}" for each in pkgutil.iter_modules(folders)]
