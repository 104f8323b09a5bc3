# SPDX-License-Identifier: LGPL-2.1-or-later
"""Formats: how Python objects become keys and values, which are plain bytes.

A format is described by a format of bucketmap(1), such as "text:16", "u64" or "u64:hits,text:32:user", or by one of the
module struct, such as "<Q" or "16s".
"""

from __future__ import annotations

import collections
import ipaddress
import re
import struct
import sys
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Union

from ._library import constant

Description = Union[str, struct.Struct]

UNKNOWN = constant("FORMAT_UNKNOWN")
TEXT = constant("FORMAT_TEXT")
DECIMAL = constant("FORMAT_DECIMAL")
HEX = constant("FORMAT_HEX")
SIGNED = constant("FORMAT_SIGNED")
IPV4 = constant("FORMAT_IPV4")
IPV6 = constant("FORMAT_IPV6")
MAC = constant("FORMAT_MAC")

# The types of bucketmap(1): number of the format, and the size that the name implies.
TYPES = {
    "text": (TEXT, None), "dec": (DECIMAL, None), "signed": (SIGNED, None), "hex": (HEX, None),
    "ipv4": (IPV4, 4), "ipv6": (IPV6, 16), "mac": (MAC, 6),
    "u8": (DECIMAL, 1), "u16": (DECIMAL, 2), "u32": (DECIMAL, 4), "u64": (DECIMAL, 8),
    "i8": (SIGNED, 1), "i16": (SIGNED, 2), "i32": (SIGNED, 4), "i64": (SIGNED, 8),
}
SIZES = {DECIMAL: (1, 2, 4, 8), SIGNED: (1, 2, 4, 8), IPV4: (4,), IPV6: (16,), MAC: (6,)}
FIELD_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,30}$")


@dataclass(frozen=True)
class Format:
    """How one key or value is packed. number and fields_text are what the map remembers, fields where each of them is."""

    size: int
    pack: Callable[[Any], bytes]
    unpack: Callable[[bytes], Any]
    number: int = UNKNOWN
    fields_text: str = ""
    fields: Mapping[str, tuple[int, "Format"]] = field(default_factory=dict)

    def locate(self, at: int | str) -> tuple[int, bool]:
        """Returns the offset of a number, which is given as such or by a field's name, and whether it is signed."""
        if isinstance(at, int):
            here = [part for offset, part in self.fields.values() if offset == at]
            return at, (here[0] if here else self).number == SIGNED
        if at not in self.fields:
            raise ValueError(f"the value has no field {at!r}")
        offset, part = self.fields[at]
        if part.size != 8 or part.number not in (DECIMAL, SIGNED):
            raise ValueError(f"the field {at!r} is not a number of 64 bits")
        return offset, part.number == SIGNED


def padded(content: bytes, size: int) -> bytes:
    if len(content) > size:
        raise ValueError(f"{content!r} is longer than {size} bytes")
    return content.ljust(size, b"\0")


def text(size: int) -> Format:
    def pack(value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"{value!r} is not a str")
        if value.endswith("\0"):
            raise ValueError("text must not end with a zero byte, which pads it")
        return padded(value.encode("utf-8", "surrogateescape"), size)

    return Format(size, pack, lambda content: content.rstrip(b"\0").decode("utf-8", "surrogateescape"), TEXT)


def raw(size: int) -> Format:
    return Format(size, lambda value: padded(bytes(memoryview(value)), size), bytes, HEX)


def integer(size: int, number: int) -> Format:
    signed = number == SIGNED

    def pack(value: Any) -> bytes:
        try:
            return int(value.__index__()).to_bytes(size, sys.byteorder, signed=signed)
        except AttributeError:
            raise TypeError(f"{value!r} is not an integer") from None

    return Format(size, pack, lambda content: int.from_bytes(content, sys.byteorder, signed=signed), number)


def mac_address(size: int) -> Format:
    def pack(value: Any) -> bytes:
        if not re.fullmatch(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}", value):
            raise ValueError(f"{value!r} is not a MAC address")
        return bytes.fromhex(value.replace(":", ""))

    return Format(size, pack, lambda content: content.hex(":"), MAC)


def of_number(number: int, size: int) -> Format:
    if size not in SIZES.get(number, (size,)):
        raise ValueError(f"the format cannot have {size} bytes")
    if number == TEXT:
        return text(size)
    if number == HEX:
        return raw(size)
    if number == IPV4:
        return Format(size, lambda value: ipaddress.IPv4Address(value).packed, ipaddress.IPv4Address, IPV4)
    if number == IPV6:
        return Format(size, lambda value: ipaddress.IPv6Address(value).packed, ipaddress.IPv6Address, IPV6)
    if number == MAC:
        return mac_address(size)
    return integer(size, number)


def nothing() -> Format:
    """The value of a set."""

    def pack(value: Any) -> bytes:
        if value is not None:
            raise ValueError("the map is a set: its only value is None")
        return b""

    return Format(0, pack, lambda content: None)


def parse_field(description: str) -> tuple[int, int | None, str]:
    """Splits TYPE[:SIZE][:NAME] into number, size and name."""
    kind, *rest = description.split(":")
    if kind not in TYPES:
        raise ValueError(f"{description!r}: no such type")
    number, size = TYPES[kind]
    if size is None and rest and re.fullmatch(r"[0-9]+", rest[0]):
        size = int(rest.pop(0))
        if not 1 <= size <= constant("VALUE_SIZE_MAX"):
            raise ValueError(f"{description!r}: not a size in bytes")
    if len(rest) > 1 or (rest and not FIELD_NAME.match(rest[0])):
        raise ValueError(f"{description!r}: a name of a field has at most 31 letters, digits and _")
    return number, size, rest[0] if rest else ""


def of_fields(description: str) -> Format:
    """A struct of bucketmap(1): a named tuple."""
    fields: dict[str, tuple[int, Format]] = {}
    offset = 0
    for part in description.split(","):
        number, size, name = parse_field(part)
        if not name or size is None:
            raise ValueError(f"{part!r}: each field of a struct needs a name and a size")
        if name in fields:
            raise ValueError(f"two fields have the name {name!r}")
        fields[name] = (offset, of_number(number, size))
        offset += size
    make: Any = collections.namedtuple("Fields", list(fields), rename=True)  # type: ignore[misc]

    def pack(value: Any) -> bytes:
        values = [value[name] for name in fields] if isinstance(value, Mapping) else list(value)
        if len(values) != len(fields):
            raise ValueError(f"the fields are {', '.join(fields)}")
        return b"".join(one.pack(item) for (_, one), item in zip(fields.values(), values))

    def unpack(content: bytes) -> Any:
        return make(*(one.unpack(content[where:where + one.size]) for where, one in fields.values()))

    return Format(offset, pack, unpack, HEX, description, fields)


def byte_limits(description: str) -> list[int | None]:
    """For each value of a format of the module struct: how many bytes it can have, which struct does not check."""
    limits: list[int | None] = []
    for repeat, code in re.findall(r"(\d*)([a-zA-Z?])", description):
        count = int(repeat or 1)
        if code in "sp":
            limits.append(max(count - (code == "p"), 0))
        elif code != "x":
            limits += [None] * count
    return limits


def of_struct(packer: struct.Struct) -> Format:
    limits = byte_limits(packer.format)
    if not limits:
        raise ValueError(f"{packer.format!r} has no value")
    alone = len(limits) == 1

    def pack(value: Any) -> bytes:
        values = (value,) if alone else tuple(value)
        for limit, item in zip(limits, values):
            if limit is not None and len(item) > limit:
                raise ValueError(f"{item!r} is longer than {limit} bytes")
        return packer.pack(*values)

    def unpack(content: bytes) -> Any:
        values = packer.unpack(content)
        return values[0] if alone else values

    return Format(packer.size, pack, unpack, struct_number(packer))


def struct_number(packer: struct.Struct) -> int:
    """What the map remembers: whether it is one number in this machine's byte order."""
    code = packer.format.lstrip("<" if sys.byteorder == "little" else ">!").lstrip("@=")
    if code in ("B", "H", "I", "L", "Q", "N"):
        return DECIMAL
    return SIGNED if code in ("b", "h", "i", "l", "q", "n") else UNKNOWN


def parse(description: Description, size: int | None = None) -> Format:
    """Returns the format that is described. The size is that of the map, if it is known and the description has none."""
    if isinstance(description, struct.Struct):
        return of_struct(description)
    if re.split("[:,]", description)[0] not in TYPES:
        try:
            return of_struct(struct.Struct(description))
        except struct.error as error:
            raise ValueError(f"{description!r} is a format neither of bucketmap(1) nor of struct: {error}") from None
    if "," in description:
        return of_fields(description)
    number, own_size, name = parse_field(description)
    if name:
        return of_fields(description)
    if own_size is None:
        own_size = size
    if own_size is None:
        raise ValueError(f"{description!r} needs a size: {description}:SIZE")
    return of_number(number, own_size)


def remembered(size: int, number: int, fields_text: str, default: int) -> Format:
    """The format that a map remembers. One that is unknown, or cannot have this size, is replaced as by the tool."""
    if size == 0:
        return nothing()
    if fields_text:
        try:
            described = of_fields(fields_text)
            if described.size == size:
                return described
        except ValueError:
            pass
    if number == UNKNOWN or number > MAC:
        number = default
    if size not in SIZES.get(number, (size,)):
        number = HEX
    return of_number(number, size)
