"""Settings, and the only reader of the environment and of TOML: command line, environment, file, default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from nacre.errors import SettingsError

CONFIG_VARIABLE = "NACRE_CONFIG"
CONFIG_NAME = "nacre.toml"
SENSORS = "sensors"

Rules = tuple[tuple[str, str], ...]


def _setting(default: Any, *, help: str, env: str = "") -> Any:  # noqa: A002 - the word that people look for
    return field(default=default, metadata={"help": help, "env": env})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may choose."""

    store: str = _setting("nacre.db", env="NACRE_STORE", help="The store: a path, or sqlite:///path.")
    busy_seconds: float = _setting(
        30.0,
        env="NACRE_BUSY_SECONDS",
        help="How long to wait, in seconds, while another process has the store locked.",
    )
    line_bytes_max: int = _setting(
        32 * 1024 * 1024, env="NACRE_LINE_BYTES_MAX", help="Lines of more bytes than this are rejects."
    )
    batch_bytes: int = _setting(
        2 * 1024 * 1024,
        env="NACRE_BATCH_BYTES",
        help="Bytes of lines in the first batches; later ones follow the store's speed.",
    )
    batch_age_seconds: float = _setting(
        0.25,
        env="NACRE_BATCH_AGE_SECONDS",
        help="How old a line may become, in seconds, before `follow` has stored it; more makes fewer batches.",
    )
    closed_after_seconds: float = _setting(
        3600.0,
        env="NACRE_CLOSED_AFTER_SECONDS",
        help="A log that nobody wrote to for so many seconds is closed: half a last line is then refused, not held.",
    )
    top: int = _setting(10, env="NACRE_TOP", help="How many entries each list of a report has.")
    sensors: Rules = _setting(
        (),
        help="Glob of a path, or a `sensor` field, to the sensor's name. A table of the file; the first match wins.",
    )
    verbose: bool = _setting(False, help="More talk, and the trace of an error: `-v`. On the command line only.")


_SMALLEST: Mapping[str, float] = {
    "busy_seconds": 0,
    "line_bytes_max": 1024,
    "batch_bytes": 1024,
    "batch_age_seconds": 0.01,
    "closed_after_seconds": 1,
    "top": 1,
}
# SQLite counts its waiting in 32 bits of milliseconds; the others end where no memory is that large.
_LARGEST: Mapping[str, float] = {
    "busy_seconds": 2**20,
    "line_bytes_max": 2**40,
    "batch_bytes": 2**40,
    "batch_age_seconds": 3600,
    "closed_after_seconds": 2**31,
    "top": 2**31,
}


def load_settings(
    given: Mapping[str, Any] | None = None,
    *,
    config: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings; `given` holds what the command line says, and None there says nothing.

    The file is `config`, else NACRE_CONFIG, else nacre.toml in the working directory if there is one. A
    relative path of the store in the file starts from the file's folder. Raise SettingsError that names
    the setting and where it was read.
    """
    environ = os.environ if environ is None else environ
    values = _from_file(_config_path(config, environ))
    for each in fields(Settings):
        text = environ.get(each.metadata["env"], "") if each.metadata["env"] else ""
        if text:
            values[each.name] = _number(each.name, text, f"the variable {each.metadata['env']}")
    values.update({name: value for name, value in (given or {}).items() if value is not None})
    return Settings(**values)


def _config_path(config: str | None, environ: Mapping[str, str]) -> Path | None:
    named = config or environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    path = Path(CONFIG_NAME)
    return path if path.exists() else None


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    import tomllib

    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise SettingsError(f"cannot read the settings file {path}", hint="name another with --config") from exc
    except ValueError as exc:  # not UTF-8, or not TOML: TOMLDecodeError is a ValueError
        raise SettingsError(f"the settings file {path} is not TOML: {exc}", hint="see https://toml.io") from exc
    return {name: _from_toml(name, value, path) for name, value in read.items()}


def _from_toml(name: str, value: Any, path: Path) -> Any:
    known = [each.name for each in fields(Settings) if each.metadata["env"]]
    if name == SENSORS:
        return _rules(value, path)
    if name not in known:
        raise SettingsError(f"unknown setting {name!r} in {path}", hint=f"known are {', '.join([*known, SENSORS])}")
    if name == "store" and isinstance(value, str):
        return value if "://" in value else str(path.parent / value)
    return _number(name, value, str(path))


def _rules(value: Any, path: Path) -> Rules:
    if isinstance(value, dict) and all(isinstance(name, str) and name for name in value.values()):
        return tuple(value.items())
    raise SettingsError(f"{SENSORS} in {path} is not a table of names", hint='write it like: "/logs/attic/*" = "attic"')


def _number(name: str, value: Any, where: str) -> Any:
    """Return a value as its setting's type: a number that is large enough, or the text of `store`."""
    if name == "store":
        if isinstance(value, str):
            return value
        raise SettingsError(f"store in {where} is not a text: {value!r}", hint='write it like "nacre.db"')
    wanted = type(_default(name))
    try:
        if isinstance(value, bool) or (isinstance(value, float) and wanted is int):
            raise ValueError(value)
        number = wanted(value)
    except (TypeError, ValueError) as exc:
        raise SettingsError(
            f"{name} in {where} is not a number: {value!r}", hint=f"the default is {_default(name)}"
        ) from exc
    if not _SMALLEST[name] <= number <= _LARGEST[name]:
        raise SettingsError(f"{name} in {where} is out of range: {value!r}", hint=f"the default is {_default(name)}")
    return number


def _default(name: str) -> Any:
    return next(each.default for each in fields(Settings) if each.name == name)
