"""TLS, as ``connect.ssl`` configures it."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Mapping
from typing import Any

import anyio
from anyio.streams.tls import TLSAttribute

from .address import Address

__all__ = ["context", "reason", "server_name"]

_KEYS = frozenset({"ca", "fingerprint", "cert", "key", "name"})
_DIGITS = 64
_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")


async def context(configured: Any, address: Address) -> ssl.SSLContext:
    """
    Return the context for connections to this server.

    ``configured`` is True for the usual authorities, a context, or a map: ``ca`` (a file with the authority's
    certificate), ``fingerprint`` (SHA-256 of that certificate, which the server shows if it is not in the file),
    ``cert`` with ``key`` (files with a certificate of the client's own), and ``name`` (that the server's certificate
    must be for, in place of its host). Raises ValueError for anything else.
    """
    if isinstance(configured, ssl.SSLContext):
        return configured
    if configured in (None, False, True):
        configured = {}
    if not isinstance(configured, Mapping) or not _KEYS.issuperset(configured):
        raise ValueError(
            f"ssl: {configured!r} (expected: True, False, or a map with ca or fingerprint, cert and key, and name)"
        )
    if configured.get("fingerprint"):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.load_verify_locations(cadata=await _authority(address, configured))
    else:
        made = ssl.create_default_context(cafile=configured.get("ca"))
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    if configured.get("cert"):
        made.load_cert_chain(configured["cert"], configured.get("key"))
    return made


def server_name(configured: Any, address: Address) -> str:
    """Return the name that the server's certificate must be for."""
    name = configured.get("name") if isinstance(configured, Mapping) else None
    return str(name or address.host)


async def _authority(address: Address, configured: Mapping[str, Any]) -> bytes:
    """Return the certificate with the fingerprint: from the file, or else as the server shows it."""
    wanted = str(configured["fingerprint"])
    pinned = wanted.replace(":", "").lower()
    if len(pinned) != _DIGITS or set(pinned) - set("0123456789abcdef"):
        raise ValueError(f"fingerprint: {wanted!r} (expected: SHA-256 as {_DIGITS} hexadecimal digits)")
    if configured.get("ca"):
        text = await anyio.Path(configured["ca"]).read_text(encoding="utf-8")
        for block in _CERTIFICATE.findall(text):
            certificate = ssl.PEM_cert_to_DER_cert(block)
            if hashlib.sha256(certificate).hexdigest() == pinned:
                return certificate
    return await _shown(address, pinned)


async def _shown(address: Address, pinned: str) -> bytes:
    """Ask the server for the certificate with this fingerprint. Nothing else is believed of that connection."""
    open_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    open_context.minimum_version = ssl.TLSVersion.TLSv1_3
    open_context.check_hostname = False
    open_context.verify_mode = ssl.CERT_NONE
    stream = await anyio.connect_tcp(
        address.host, address.port, ssl_context=open_context, tls_standard_compatible=False
    )
    async with stream:
        shown: Any = stream.extra(TLSAttribute.ssl_object)
        # Public from Python 3.13 on; the object below has it in all versions that are supported here.
        chain = [bytes(_der(each)) for each in shown._sslobj.get_unverified_chain()]
    hashes = [hashlib.sha256(each).hexdigest() for each in chain]
    if pinned not in hashes:
        raise ValueError(f"the fingerprint of the server's authority is {hashes[-1]} (expected: {pinned})")
    return chain[hashes.index(pinned)]


def _der(certificate: Any) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    der = 2  # _ssl.ENCODING_DER
    return bytes(certificate.public_bytes(der))


def reason(error: ssl.SSLError) -> str:
    """Say in one line why there is no TLS with a server."""
    name = error.reason or ""
    if name in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return "it does not speak TLS (expected: a port with TLS; for one without, the address without tls://)"
    if isinstance(error, ssl.SSLCertVerificationError):
        text = error.verify_message
        if "expired" in text or "not yet valid" in text:
            return f"its certificate is not valid now: {text} (expected: a valid one; are both clocks right?)"
        if "ostname" in text or "IP address mismatch" in text:
            return f"its certificate is another host's: {text}"
        return (
            f"its certificate is not signed by an authority that is trusted here: {text}"
            " (expected: one that connect.ssl.ca or connect.ssl.fingerprint names)"
        )
    if "ALERT" in name and ("CERTIFICATE" in name or "CA" in name):
        return (
            f"it refuses this client's certificate: {name.lower()}"
            " (expected: one that its authority has signed, and that is valid now)"
        )
    return str(error)
