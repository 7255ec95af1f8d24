"""Structured fields as almost every caller writes them: one member, single spaces, nothing escaped.

Read at once instead of byte by byte, which costs more than the signature itself.  What is written in any
other way is left to the full parser; what is read here, that one reads in the same way.
"""

import binascii
import re
from collections.abc import Mapping
from typing import Any

Parameters = Mapping[str, Any]

_KEY = r"[a-z*][a-z0-9_.*-]*"
_STRING = r'"[ !#-\[\]-~]*"'
_WHOLE = r"0|[1-9][0-9]{0,14}"
_LIST = re.compile(rf"({_KEY})=\(({_STRING}(?: {_STRING})*)\)((?:;{_KEY}=(?:{_STRING}|{_WHOLE}))*)")
_ITEM = re.compile(_STRING)
_PARAMETER = re.compile(rf";({_KEY})=(?:({_STRING})|({_WHOLE}))")
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_BYTES = re.compile(rf"({_KEY})=:({_BASE64}):")


def read_plain(value: str) -> Mapping[str, tuple[Any, Parameters]] | None:
    """Return the one member of a dictionary, a list of strings or bytes; none if it is not plain."""
    match = _BYTES.fullmatch(value)
    if match is not None:
        return {match[1]: (binascii.a2b_base64(match[2]), {})}
    match = _LIST.fullmatch(value)
    if match is None:
        return None
    parameters: dict[str, Any] = {}
    for name, text, whole in _PARAMETER.findall(match[3]):
        if name in parameters:
            return None
        parameters[name] = int(whole) if whole else text[1:-1]
    return {match[1]: ([(text[1:-1], {}) for text in _ITEM.findall(match[2])], parameters)}
