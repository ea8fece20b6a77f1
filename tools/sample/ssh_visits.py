"""What attackers do over SSH: glance, guess, run commands, drop files, forward."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh  # type: ignore[import-not-found]
from asyncssh import connection as asyncssh_connection

from sample.scene import WAIT_SECONDS_MAX, Scene, quietly
from sample.words import (
    CLIENTS,
    DROPS,
    FILES,
    FORWARDS,
    HOSTILE_BANNERS,
    HOSTILE_TEXT,
    KEY_DROP,
    PASSWORDS,
    RECON,
    TYPED,
    USERNAMES,
)

DOOR = "let me in"  # the account that Cowrie's userdb.txt opens for whoever must get in
# What a server that goes away makes of a client; asyncssh 2.24 stumbles when a channel closes while it opens.
CUT_SHORT = (OSError, TimeoutError, asyncssh.Error, AttributeError)
COMMAND_SECONDS_MAX = 8.0  # Cowrie 2.9.0 never ends a wget that is refused
LIVE_PASSWORDS = ("admin", "1234", "password")

# An attacker's name may hold any byte; asyncssh would refuse to send what RFC 4013 forbids.
asyncssh_connection.saslprep = str


class Guesser(asyncssh.SSHClient):  # type: ignore[misc]
    """A client that tries its passwords one after the other."""

    def __init__(self, scene: Scene, passwords: list[str]) -> None:
        self._scene = scene
        self._passwords = passwords

    def password_auth_requested(self) -> str | None:
        """Return the next guess, or nothing left."""
        self._scene.pause(0.3, 2.5)
        return self._passwords.pop(0) if self._passwords else None


@contextlib.asynccontextmanager
async def session(scene: Scene, source: str, username: str, passwords: list[str], **options: Any) -> AsyncIterator[Any]:
    """Log in; yield the connection, or None when no guess was right."""
    version, offers = scene.ranked(CLIENTS)
    scene.pause(0.05, 0.4)
    made: Any = None
    defaults: dict[str, Any] = {"client_keys": None, "client_version": version, "agent_path": None, **offers}
    try:
        made, _ = await asyncio.wait_for(
            asyncssh.create_connection(
                lambda: Guesser(scene, list(passwords)),
                sock=scene.connect(source, scene.ssh_port),
                username=username,
                known_hosts=None,
                config=None,
                preferred_auth="publickey,password",
                **(defaults | options),
            ),
            WAIT_SECONDS_MAX,
        )
    except CUT_SHORT:
        made = None
    try:
        yield made
    finally:
        if made is not None:
            scene.pause(0.1, 4)
            made.close()
            with contextlib.suppress(*CUT_SHORT):
                await asyncio.wait_for(made.wait_closed(), WAIT_SECONDS_MAX)


async def run(connection: Any, command: str, **options: Any) -> str:
    """Run one command and return what it said."""
    try:
        done = await asyncio.wait_for(connection.run(command, **options), COMMAND_SECONDS_MAX)
    except CUT_SHORT:
        return ""
    return str(done.stdout)


async def glance(scene: Scene, source: str) -> None:
    """See whether the port is open."""
    with scene.connect(source, scene.ssh_port) as made:
        if scene.dice.random() < 0.5:
            await quietly(asyncio.ensure_future(asyncio.to_thread(made.recv, 256)))
        scene.pause(0.01, 10)


async def odd_banner(scene: Scene, source: str) -> None:
    """Say something that is not SSH, or not quite."""
    with scene.connect(source, scene.ssh_port) as made:
        scene.pause(0.05, 1)
        with contextlib.suppress(OSError):
            made.sendall(scene.dice.choice(HOSTILE_BANNERS))
            made.settimeout(0.3)
            await asyncio.to_thread(made.recv, 4096)
            await asyncio.to_thread(made.recv, 4096)
        scene.pause(0.05, 3)


async def guess(scene: Scene, source: str) -> None:
    """Try some passwords for one name, and leave."""
    count = 1 + int(6 * scene.dice.random() ** 2)
    passwords = [scene.ranked(PASSWORDS) for _ in range(count)]
    async with session(scene, source, scene.ranked(USERNAMES), passwords) as connection:
        if connection is not None and scene.dice.random() < 0.6:
            await run(connection, scene.ranked(RECON))


async def campaign(scene: Scene, source: str) -> None:
    """Guess many times from one source, several connections at once."""
    for _ in range(scene.dice.randrange(1, 4)):
        await asyncio.gather(*(guess(scene, source) for _ in range(scene.dice.randrange(2, 4))))
        scene.pause(1, 40)


async def commands(scene: Scene, source: str) -> None:
    """Look around by separate commands, as most bots do."""
    async with session(scene, source, "root", [scene.ranked(PASSWORDS), scene.dice.choice(LIVE_PASSWORDS)]) as made:
        if made is None:
            return
        for command in scene.dice.sample(RECON, scene.dice.randrange(2, 9)):
            scene.pause(0.2, 3)
            await run(made, command)


async def drop(scene: Scene, source: str) -> None:
    """Fetch something and run it."""
    async with session(scene, source, "root", [scene.dice.choice(LIVE_PASSWORDS)]) as made:
        if made is not None:
            await run(made, "uname -s -v -n -r -m")
            for command in scene.dice.sample(DROPS, 2):
                scene.pause(0.3, 5)
                await run(made, command.format(web=scene.web))


async def plant_key(scene: Scene, source: str) -> None:
    """Leave a key behind and lock the others out."""
    async with session(scene, source, "root", [scene.dice.choice(LIVE_PASSWORDS)]) as made:
        if made is not None:
            for command in KEY_DROP:
                scene.pause(0.3, 2)
                filled = command.format(number=scene.dice.randrange(5), password=f"{scene.dice.randrange(10**9):x}")
                await run(made, filled)
            await run(made, "cat > /tmp/up.txt", input=f"host {scene.dice.randrange(8)}\n")


async def type_commands(scene: Scene, source: str) -> None:
    """Sit at a terminal."""
    env = {"LANG": scene.dice.choice(["en_US.UTF-8", "zh_CN.UTF-8", "C.UTF-8"])}
    size = scene.dice.choice([(80, 24), (120, 40), (211, 53), (0, 0)])
    async with session(scene, source, "root", ["letmein", DOOR]) as made:
        if made is None:
            return
        shell = await made.create_process(term_type="xterm-256color", term_size=size, env=env)
        typed = scene.dice.sample(TYPED, 5) + scene.dice.sample(RECON, 4) + ["exit"]
        for line in typed:
            scene.pause(0.8, 9)
            shell.stdin.write(line + "\n")
            with contextlib.suppress(*CUT_SHORT):
                await asyncio.wait_for(shell.stdout.readuntil(("# ", "$ ")), 2)


async def upload(scene: Scene, source: str) -> None:
    """Bring files along, by SFTP or SCP."""
    await _bring(scene, source, is_sftp=scene.dice.random() < 0.6)


async def upload_by_sftp(scene: Scene, source: str) -> None:
    """Bring files along by SFTP."""
    await _bring(scene, source, is_sftp=True)


async def _bring(scene: Scene, source: str, *, is_sftp: bool) -> None:
    async with session(scene, source, "root", [scene.dice.choice(LIVE_PASSWORDS)]) as made:
        if made is None:
            return
        name = scene.ranked(FILES)
        content = b"" if name == "empty" else f"{name} of campaign {scene.dice.randrange(4)}\n".encode() * 40
        scene.pause(0.2, 2)
        with contextlib.suppress(*CUT_SHORT):
            if is_sftp:
                async with made.start_sftp_client() as sftp, sftp.open(f"/tmp/{name}", "wb") as target:
                    await target.write(content)
            else:
                with tempfile.TemporaryDirectory() as folder:
                    local = Path(folder) / name
                    local.write_bytes(content)
                    await asyncio.wait_for(asyncssh.scp(str(local), (made, f"/tmp/{name}")), 8)
        await run(made, f"chmod +x /tmp/{name}; /tmp/{name} &")


async def forward(scene: Scene, source: str) -> None:
    """Use the honeypot as a proxy."""
    async with session(
        scene, source, scene.dice.choice(["pi", "ubnt", "test", "admin"]), ["raspberry", "ubnt", "test", "admin"]
    ) as made:
        if made is None:
            return
        for _ in range(scene.dice.randrange(1, 7)):
            host, port, data = scene.ranked(FORWARDS)
            scene.pause(0.1, 3)
            with contextlib.suppress(*CUT_SHORT):
                _, writer = await asyncio.wait_for(made.open_connection(host, port, encoding=None), 5)
                writer.write(data or client_hello(host))
                await asyncio.sleep(0.05)
                writer.close()


def client_hello(name: str) -> bytes:
    """Return the first bytes of a TLS client, for Cowrie to take a JA4 of."""
    out = ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return out.read()


async def offer_key(scene: Scene, source: str) -> None:
    """Try a key, then a password."""
    key = asyncssh.generate_private_key(scene.dice.choice(["ssh-ed25519", "ecdsa-sha2-nistp256"]))
    async with session(scene, source, "git", [scene.ranked(PASSWORDS)], client_keys=[key]):
        pass


async def vandal(scene: Scene, source: str) -> None:
    """Send what breaks terminals, pages, spreadsheets and parsers."""
    words = scene.dice.sample(HOSTILE_TEXT, 6)
    env = {"LC_ALL": words[0].replace("\0", "") or "x", "EVIL": words[1]}
    async with session(scene, source, words[2], [words[3], DOOR + words[4][:50]]) as made:
        if made is not None:
            await run(made, "echo " + words[4], env=env)
            await run(made, words[5])
            await run(made, "echo \x1b[31m; " + words[3])


async def leave_early(scene: Scene, source: str) -> None:
    """Start a slow download and hang up: its event comes late, after the session's end."""
    async with session(scene, source, "root", [scene.dice.choice(LIVE_PASSWORDS)]) as made:
        if made is not None:
            await made.create_process(f"wget {scene.web}/slow/x.bin -O /tmp/x.bin")
            await asyncio.sleep(0.3)
            made.abort()
    await asyncio.sleep(1.5)
    scene.clock.passes(2)


async def cut_off(scene: Scene, source: str) -> None:
    """Speak SSH half-way and break off with a reset."""
    with scene.connect(source, scene.ssh_port) as made:
        made.sendall(b"SSH-2.0-libssh2_1.8.0\r\n")
        await quietly(asyncio.ensure_future(asyncio.to_thread(made.recv, 256)))
        scene.pause(0.1, 2)
        made.sendall(b"\x00\x00\x00\x0c\x0a\x14" + b"\x00" * 10)
        await asyncio.sleep(0.1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
