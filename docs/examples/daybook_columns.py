"""The packed columns of Daybook's payloads, as docs/event-format.md describes them ("Payload columns").

Pure functions from bytes to Python values, without any other package. What is damaged raises `ColumnError`, which says
what was expected and at which byte; nothing else is ever raised for it, and no more memory is taken than the number of
values asks for.
"""

import struct
from typing import NamedTuple

# The most series and samples of one event, and bytes of its columns, before compression.
SAMPLES_LIMIT = 65_536
SERIES_LIMIT = 8_192
COLUMNS_LIMIT = 512 * 1024
# Bytes of all names and labels of one SeriesRegistered event.
CANONICAL_LIMIT = 8 * 1024 * 1024
LABELS_LIMIT = 64
# Indexes of series in their shard are below it.
INDEX_LIMIT = 1 << 51

_MASK = (1 << 64) - 1
_SIGN = 1 << 63
_BLOCK = 128
_NANOSECONDS = (1, 1_000, 1_000_000, 1_000_000_000)


class ColumnError(ValueError):
    """Bytes that are no column."""


class Samples(NamedTuple):
    """Three lists of one length, in the order in which the samples were sent."""

    indexes: list[int]  # of the series in their shard
    times: list[int]  # nanoseconds since 1970 UTC
    values: list[float]  # bit-exact


class Series(NamedTuple):
    index: int  # in its shard
    fingerprint: bytes  # 16 bytes
    name: str
    labels: dict[str, str]  # in canonical order


def series_id(index: int, shard: int, shards: int) -> int:
    """The id that a series has in all of the store."""
    return index * shards + shard


def samples(columns: bytes, count: int) -> Samples:
    """The columns of a SamplesRecorded, decompressed."""
    _check_count(count, SAMPLES_LIMIT, "samples")
    reader = _Reader(columns)
    indexes = _integers(reader, count)
    _check_indexes(indexes, reader)
    times = _times(reader, count)
    values = _doubles(reader, count)
    reader.end()
    return Samples(indexes, times, values)


def series(columns: bytes, count: int) -> list[Series]:
    """The columns of a SeriesRegistered, decompressed."""
    _check_count(count, SERIES_LIMIT, "series")
    reader = _Reader(columns)
    indexes = _integers(reader, count)
    _check_indexes(indexes, reader)
    fingerprints = reader.take(16 * count)
    texts = _texts(reader)
    names = _integers(reader, count)
    label_counts = _integers(reader, count)
    if any(not 0 <= labels <= LABELS_LIMIT for labels in label_counts):
        raise reader.error(f"expected at most {LABELS_LIMIT} labels")
    labels = sum(label_counts)
    label_names = _integers(reader, labels)
    label_values = _integers(reader, labels)
    reader.end()

    size = 0

    def text(number: int) -> str:
        nonlocal size
        if not 0 <= number < len(texts):
            raise reader.error(f"expected the number of one of {len(texts)} texts, actual {number}")
        size += len(texts[number]) + 1
        if size > CANONICAL_LIMIT:
            raise reader.error("too much text in one event")
        try:
            return texts[number].decode()
        except UnicodeDecodeError:
            raise reader.error("a text that is not UTF-8") from None

    found = []
    label = 0
    for place in range(count):
        name = text(names[place])
        own = {}
        for _ in range(label_counts[place]):
            own[text(label_names[label])] = text(label_values[label])
            label += 1
        if len(own) != label_counts[place]:
            raise reader.error("a label that comes twice")
        found.append(Series(indexes[place], fingerprints[16 * place : 16 * place + 16], name, own))
    return found


def integers(column: bytes, count: int) -> list[int]:
    """An integer column that is all of `column`."""
    return _whole(_integers, column, count)


def times(column: bytes, count: int) -> list[int]:
    """A time column that is all of `column`: nanoseconds since 1970 UTC."""
    return _whole(_times, column, count)


def doubles(column: bytes, count: int) -> list[float]:
    """A value column that is all of `column`."""
    return _whole(_doubles, column, count)


def bits(value: float) -> str:
    """The 64 bits of a value, in hexadecimal: what tells -0.0 from 0.0, and one NaN from another."""
    return struct.pack(">d", value).hex()


def _whole(decode, column: bytes, count: int) -> list:
    reader = _Reader(column)
    values = decode(reader, count)
    reader.end()
    return values


class _Reader:
    __slots__ = ("bytes", "at")

    def __init__(self, data: bytes):
        self.bytes = data
        self.at = 0

    def error(self, reason: str) -> ColumnError:
        return ColumnError(f"{reason}, at byte {self.at} of {len(self.bytes)}")

    def end(self) -> None:
        if self.at != len(self.bytes):
            raise self.error("expected the end of the columns")

    def take(self, count: int) -> bytes:
        if not 0 <= count <= len(self.bytes) - self.at:
            raise self.error(f"expected {count} more bytes")
        self.at += count
        return self.bytes[self.at - count : self.at]

    def byte(self) -> int:
        if self.at >= len(self.bytes):
            raise self.error("expected a byte more")
        self.at += 1
        return self.bytes[self.at - 1]

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            if shift == 63 and byte > 1:
                raise self.error("a varint of more than 64 bits")
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def count(self, limit: int, what: str) -> int:
        value = self.varint()
        if value > limit:
            raise self.error(f"{value} {what} where at most {limit} can be")
        return value


def _wrap(value: int) -> int:
    """As a signed 64-bit integer."""
    return ((value + _SIGN) & _MASK) - _SIGN


def _wrap_all(values: list[int]) -> list[int]:
    # Nearly always nothing wraps, and looking at the extremes is quicker than wrapping each.
    if values and (min(values) < -_SIGN or max(values) >= _SIGN):
        return [_wrap(value) for value in values]
    return values


def _integers(reader: _Reader, count: int, may_have_runs: bool = True) -> list[int]:
    if count == 0:
        return []
    scheme = reader.byte()
    if scheme == 0:
        return [reader.zigzag()] * count
    if scheme == 1:
        first, step = reader.zigzag(), reader.zigzag()
        return _wrap_all([first + step * place for place in range(count)])
    if scheme in (2, 3) and may_have_runs:
        return _runs(reader, count, scheme == 3)
    if scheme == 4:
        return _frames(reader, count)
    if scheme == 5:
        return _sums(reader.zigzag(), _frames(reader, count - 1))
    if scheme == 6:
        if count < 2:
            raise reader.error("second differences of one value")
        first, step = reader.zigzag(), reader.zigzag()
        return _sums(first, _sums(step, _frames(reader, count - 2)))
    raise reader.error(f"expected the scheme of an integer column, actual {scheme}")


def _sums(first: int, differences: list[int]) -> list[int]:
    values = [first]
    for difference in differences:
        first += difference
        values.append(first)
    return _wrap_all(values)


def _runs(reader: _Reader, count: int, are_steps: bool) -> list[int]:
    values = [reader.zigzag()] if are_steps else []
    left = count - len(values)
    runs = reader.count(left, "runs")
    repeated = _integers(reader, runs, may_have_runs=False)
    lengths = _integers(reader, runs, may_have_runs=False)
    # Before any memory is taken for them.
    if any(length < 1 for length in lengths) or sum(lengths) != left:
        raise reader.error(f"expected runs of {left} values together")
    for value, length in zip(repeated, lengths):
        if are_steps:
            last = values[-1]
            values.extend(last + value * place for place in range(1, length + 1))
        else:
            values.extend([value] * length)
    return _wrap_all(values)


def _frames(reader: _Reader, count: int) -> list[int]:
    values: list[int] = []
    while count > 0:
        block = min(count, _BLOCK)
        values.extend(_block(reader, block))
        count -= block
    return values


def _block(reader: _Reader, count: int) -> list[int]:
    width = reader.byte()
    if width > 64:
        raise reader.error(f"numbers of {width} bits")
    base = reader.zigzag()
    packed = reader.take((count * width + 7) // 8)
    if width == 0:
        return [base] * count
    # Eight numbers have `width` bytes, which keeps the integers small that are shifted.
    mask = (1 << width) - 1
    shifts = range(0, 8 * width, width)
    values = []
    for start in range(0, len(packed), width):
        word = int.from_bytes(packed[start : start + width], "little")
        values.extend([base + (word >> shift & mask) for shift in shifts])
    del values[count:]
    return _wrap_all(values)


def _times(reader: _Reader, count: int) -> list[int]:
    if count == 0:
        return []
    unit = reader.byte()
    if unit > 3:
        raise reader.error(f"expected a unit of time from 0 to 3, actual {unit}")
    values = _integers(reader, count)
    if unit == 0:
        return values
    factor = _NANOSECONDS[unit]
    return _wrap_all([value * factor for value in values])


def _doubles(reader: _Reader, count: int) -> list[float]:
    if count == 0:
        return []
    head = reader.byte()
    if head == 0x41:
        return list(struct.unpack("<d", reader.take(8))) * count
    if head == 0x40:
        shift = reader.byte()
        if shift > 63:
            raise reader.error(f"a shift of {shift} bits")
        return _from_bits([value << shift for value in _integers(reader, count)])
    exponent = head & 0x7F
    if exponent > 18:
        raise reader.error(f"expected the first byte of a value column, actual {head}")
    scaled = _integers(reader, count)
    # Two roundings, as in the format: of the integer to a Float64, and of the quotient. int / int would round once.
    scale = float(10**exponent)
    values = [float(value) / scale for value in scaled] if exponent else [float(value) for value in scaled]
    if head & 0x80:
        _put_exceptions(reader, values)
    return values


def _put_exceptions(reader: _Reader, values: list[float]) -> None:
    count = reader.count(len(values), "exceptions")
    places = _integers(reader, count)
    for place, value in zip(places, _from_bits(_integers(reader, count))):
        if not 0 <= place < len(values):
            raise reader.error(f"an exception at {place} of {len(values)} values")
        values[place] = value


def _from_bits(words: list[int]) -> list[float]:
    packed = struct.pack(f"<{len(words)}Q", *[word & _MASK for word in words])
    return list(struct.unpack(f"<{len(words)}d", packed))


def _texts(reader: _Reader) -> list[bytes]:
    # Each text has a byte at least.
    count = reader.count(len(reader.bytes) - reader.at, "texts")
    return [reader.take(length) for length in _integers(reader, count)]


def _check_count(count: int, limit: int, what: str) -> None:
    if not 1 <= count <= limit:
        raise ColumnError(f"expected 1 to {limit} {what}, actual {count}")


def _check_indexes(indexes: list[int], reader: _Reader) -> None:
    if min(indexes) < 0 or max(indexes) >= INDEX_LIMIT:
        raise reader.error("expected indexes of series")
