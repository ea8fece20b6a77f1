"""Attempts to log in."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Envelope, Text


class LoginFailed(Envelope, tag="cowrie.login.failed", kw_only=True):
    """Somebody tried to log in and was turned away."""

    username: Text = UNSET  # as tried
    password: Text = UNSET  # as tried; absent when a key was
    fingerprint: Text = UNSET  # of the key that was tried: MD5, hex pairs with colons; since v2.6.1
    key: Text = UNSET  # the public key as OpenSSH writes it
    type: Text = UNSET  # the key's kind


class LoginSuccess(Envelope, tag="cowrie.login.success", kw_only=True):
    """Somebody tried to log in and was let in."""

    username: Text = UNSET  # as tried
    password: Text = UNSET  # as tried; absent when a key was, or nothing was asked
    fingerprint: Text = UNSET  # of the key that was tried: MD5, hex pairs with colons; since v2.6.1
    key: Text = UNSET  # the public key as OpenSSH writes it
    type: Text = UNSET  # the key's kind


LoginEvent: TypeAlias = LoginFailed | LoginSuccess
