"""A group of commands that imports a command's module only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

FOLDER = Path(__file__).parent


class LazyGroup(click.Group):
    """Commands by name: each is `command` in the module of that name here, and exists if that does."""

    def __init__(self, *, lazy: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(**options)
        self._lazy = tuple(name for name in lazy if (FOLDER / f"{name}.py").exists())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return [*self._lazy, *super().list_commands(ctx)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments begin with; an unknown one is answered with those alike."""
        name = args[0]
        if ctx.resilient_parsing or name.startswith("-") or self.get_command(ctx, name) is not None:
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        alike = " or ".join(repr(one) for one in get_close_matches(name, self.list_commands(ctx)))
        raise click.UsageError(f"No such command {name!r}." + (f" (Did you mean {alike}?)" if alike else ""), ctx=ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"nacre.cli.{cmd_name}")
        command: click.Command = module.command
        command.name = cmd_name
        return command
