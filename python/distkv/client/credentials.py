"""What a client logs in with, and where that is kept."""

from __future__ import annotations

import configparser
import os
import stat
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Final

from .address import Address

__all__ = ["configured", "found"]

_UNCLEAR: Final = (
    "auth: not understood (expected: 'password name=NAME password=PASSWORD', or a map with type, name and password)"
)

LogIn = dict[str, str]
"""The parameters of the protocol's action ``auth``."""


def configured(connect: Mapping[str, Any]) -> LogIn | None:
    """
    Return what ``connect`` of a configuration logs in with.

    That is ``token``, or ``user`` and ``password``, or the original's ``auth``. Raises ValueError, which names the key
    and no secret.
    """
    auth = connect.get("auth")
    if auth in (None, False, "_anon"):
        auth = None
    token, user, password = (_text(connect, key) for key in ("token", "user", "password"))
    if sum(value is not None for value in (auth, token, user)) > 1:
        raise ValueError("auth, token, user: more than one (expected: one of them)")
    if auth is not None:
        return _parse(auth)
    if token is not None:
        return _by_token(token)
    if user is None and password is None:
        return None
    if user is None or password is None:
        raise ValueError("user, password: one without the other (expected: both)")
    return _by_password(user, password)


def found(connect: Mapping[str, Any], address: Address) -> LogIn | None:
    """
    Return what to log in with at this server.

    It comes from the configuration, from ``DISTKV_TOKEN``, from ``DISTKV_USER`` and ``DISTKV_PASSWORD``, or from what
    ``distkv login`` has kept for the server. Raises ValueError if others may read that file.
    """
    log_in = configured(connect)
    if log_in is not None:
        return log_in
    if os.environ.get("DISTKV_TOKEN"):
        return _by_token(os.environ["DISTKV_TOKEN"])
    if os.environ.get("DISTKV_USER"):
        return _by_password(os.environ["DISTKV_USER"], os.environ.get("DISTKV_PASSWORD", ""))
    return configured(_kept(str(address)))


def _kept(server: str) -> Mapping[str, str]:
    path = FilePath(os.environ.get("HOME", "/"), ".config", "distkv", "credentials")
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & ~0o600:
            raise ValueError(
                f"credentials {path}: mode {stat.filemode(mode)[1:]} (expected: rw-------, as 'chmod 600' makes it)"
            )
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError(f"credentials {path}: {error.strerror}") from error
    sections = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), default_section="")
    try:
        sections.read_string(text)
    except configparser.Error as error:
        raise ValueError(f"credentials {path}: {error.message.splitlines()[0]}") from error
    return sections[server] if sections.has_section(server) else {}


def _parse(auth: Any) -> LogIn:
    values: dict[str, Any] = {}
    if isinstance(auth, str) and auth.strip():
        kind, *words = auth.split()
        for word in words:
            name, sign, value = word.partition("=")
            if not name or not sign:
                raise ValueError(_UNCLEAR)
            values[name] = value
    elif isinstance(auth, Mapping):
        values = dict(auth)
        kind = values.pop("type", None)
    else:
        raise ValueError(_UNCLEAR)
    if kind == "password" and values.keys() == {"name", "password"}:
        return _by_password(str(values["name"]), str(values["password"]))
    if kind == "token" and values.keys() == {"token"}:
        return _by_token(str(values["token"]))
    raise ValueError(_UNCLEAR)


def _by_token(token: str) -> LogIn:
    return {"typ": "token", "token": token}


def _by_password(user: str, password: str) -> LogIn:
    return {"typ": "password", "ident": user, "password": password}


def _text(connect: Mapping[str, Any], key: str) -> str | None:
    value = connect.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key}: not a text (expected: a text)")
    return value
