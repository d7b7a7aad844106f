"""Tests of daybook_columns.py and consumer.py with the golden bytes of the repository: python3 -m unittest test_columns

Needs the packages of consumer.py, and protoc.
"""

import math
import pathlib
import random
import re
import struct
import time
import unittest

import zstandard

import consumer
import daybook_columns as columns

ROOT = pathlib.Path(__file__).resolve().parents[2]
INT64 = (-(1 << 63), (1 << 63) - 1)


def single(value: float) -> float:
    """A Float32 as a Float64."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


# Tests/ColumnCodecTests/GoldenColumnTests.swift
INTEGERS = [
    ([], ""),
    ([-3, -3, -3], "0005"),
    ([100, 110, 120, 130], "01c80114"),
    ([5 if n < 40 else 9 if n < 100 else 1 for n in range(120)], "02030404028400040628140a00"),
    ([10 + n % 50 for n in range(200)], "031407040661322003322003040602300003300003"),
    ([7, 3, 6, 1, 0, 7, 2, 5], "0403009f83ab"),
    ([1_000, 1_011, 1_020, 1_032, 1_041, 1_053], "05d00f02123203"),
    ([0, 1, 4, 9, 16, 25, 37, 49, 64, 81], "0600020200aab3"),
    ([*INT64, 0], "0440ffffffffffffffffff010000000000000000ffffffffffffffff0000000000000080"),
    (
        [n * 37 % 11 for n in range(130)],
        "040400401895623a07845129a673401895623a07845129a673401895623a07845129a673401895623a07845129a673401895623a0784"
        "5129a673401895623a07845129030c20",
    ),
]
TIMES = [
    ([1_700_000_000_000_000_000], "030080c49fd50c"),
    ([1_700_000_000_001_000_000, 1_700_000_000_011_000_000], "020182a0abfef96214"),
    ([-1_000, 5_000, 7_000], "010404016008"),
    ([3, 1, 4, 1, 5], "00040302c240"),
]
DOUBLES = [
    ([12.34], "0200a413"),
    ([1 / 3, 1 / 3], "41555555555555d53f"),
    ([1.5, 2.25, -3.0, 4.1], "02040ad704c2350880b1"),
    (
        [0.5, 1.0, -0.0, math.nan, 2.0, 3.5, 4.0, 4.5, math.inf, 5.0],
        "81050a040005a05f050503040304880101ffffffffffffffffff01ffffffffffffff07",
    ),
    ([single(0.1), single(0.2), single(0.7)], "401d04199ab3e6dc3f00000000000099999905"),
    (
        [math.pi, 2.718281828459045, 1.4142135623730951],
        "400004359aeff9e7cca7d0f67f4bf1c4ed5c819273a39284cde301000000000000",
    ),
]
# Tests/EventsTests/GoldenPayloadTests.swift, of 8 shards
SAMPLES = "0801100620242a24040200240903040480c49fd50c00a0aa402e0411a0ff0700002803c0fe87005019000220"
SERIES = (
    "1003205a2a5a010802f296808be5e7f40822dd948a9e0c95a47a24d34337c1c6b3e53e07994d1a8d433513bbfb7b4a939507f926072db8e8"
    "2007040202e6106370756463667261686f73746162757004030080010402000a04020288040204c8"
)
DESCRIBED = [
    ("0a0b74656d70657261747572651203c2b0431a0b6f662074686520726f6f6d2001", ("°C", "of the room", 1)),
    ("0a0b74656d706572617475726512001a002000", ("", "", 0)),
    ("0a0b74656d70657261747572652002", (None, None, 2)),
    ("0a0b74656d70657261747572651203c2b0431a00", ("°C", "", None)),
]
# Tests/EventsTests/EventHashTests.swift
EVENT_HASH = "b11e51f0ca429eb3583db3ab6aad050685e0b629f81863a0676d89f3c7e97271"


def bits(values: list[float]) -> list[str]:
    return [columns.bits(value) for value in values]


class GoldenColumns(unittest.TestCase):
    def test_integers(self):
        for values, text in INTEGERS:
            with self.subTest(text):
                self.assertEqual(columns.integers(bytes.fromhex(text), len(values)), values)

    def test_times(self):
        for values, text in TIMES:
            with self.subTest(text):
                self.assertEqual(columns.times(bytes.fromhex(text), len(values)), values)

    def test_values_bit_by_bit(self):
        for values, text in DOUBLES:
            with self.subTest(text):
                self.assertEqual(bits(columns.doubles(bytes.fromhex(text), len(values))), bits(values))

    def test_no_golden_column_is_forgotten(self):
        source = (ROOT / "Tests/ColumnCodecTests/GoldenColumnTests.swift").read_text()
        known = {text for _, text in INTEGERS + TIMES + DOUBLES}
        self.assertEqual(set(re.findall(r'"([0-9a-f]{4,})"', source)) | {""}, known)


class GoldenPayloads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.messages = consumer.load_messages(ROOT / "docs/events.proto")

    def message(self, name: str, text: str):
        return self.messages["daybook.v1." + name].FromString(bytes.fromhex(text))

    def test_samples_recorded(self):
        message = self.message("SamplesRecorded", SAMPLES)
        self.assertEqual(message.mode, 1)
        found = columns.samples(consumer.columns_of(message), message.count)
        self.assertEqual([columns.series_id(index, 3, 8) for index in found.indexes], [3, 11, 19, 3, 11, 19])
        self.assertEqual(found.times, [1_700_000_000_000_000_000] * 3 + [1_700_000_010_000_000_000] * 3)
        self.assertEqual(bits(found.values), bits([1.25, 100.0, -0.5, 1.5, 101.0, math.nan]))

    def test_series_registered(self):
        message = self.message("SeriesRegistered", SERIES)
        found = columns.series(consumer.columns_of(message), message.count)
        self.assertEqual([series.index for series in found], [4, 5, 6])
        self.assertEqual(
            [(series.name, list(series.labels.items())) for series in found],
            [
                ("cpu", [("dc", "fra"), ("host", "a")]),
                ("cpu", [("dc", "fra"), ("host", "b")]),
                ("up", []),
            ],
        )
        self.assertEqual(found[0].fingerprint.hex(), "f296808be5e7f40822dd948a9e0c95a4")

    def test_metric_described(self):
        for text, expected in DESCRIBED:
            with self.subTest(text):
                message = self.message("MetricDescribed", text)
                self.assertEqual(message.name, "temperature")
                said = (
                    getattr(message, field) if message.HasField(field) else None
                    for field in ("unit", "description", "kind")
                )
                self.assertEqual(tuple(said), expected)

    def test_compressed_columns(self):
        message = self.message("SamplesRecorded", SAMPLES)
        plain = consumer.columns_of(message)
        message.compression = consumer.ZSTD
        for writes_size in (True, False):
            message.columns = zstandard.ZstdCompressor(write_content_size=writes_size).compress(plain)
            self.assertEqual(consumer.columns_of(message), plain)
        message.columns_size += 1
        with self.assertRaises(columns.ColumnError):
            consumer.columns_of(message)
        message.columns_size -= 2
        with self.assertRaises(columns.ColumnError):
            consumer.columns_of(message)

    def test_no_golden_payload_is_forgotten(self):
        source = (ROOT / "Tests/EventsTests/GoldenPayloadTests.swift").read_text()
        known = {SAMPLES, SERIES} | {text for text, _ in DESCRIBED}
        self.assertEqual(set(re.findall(r'"([0-9a-f]{20,})"', source)), known)

    def test_the_recorded_log_of_the_timeline(self):
        total = 0
        for line in (ROOT / "Tests/TimelineTests/Golden/log.txt").read_text().splitlines():
            _, _, payload = line.split()
            message = self.message("SamplesRecorded", payload)
            total += len(columns.samples(consumer.columns_of(message), message.count).values)
        self.assertGreater(total, 0)


class GoldenHash(unittest.TestCase):
    def test_of_an_event(self):
        found = consumer.event_hash(
            previous=bytes(32), shard=3, position=258, type_number=2, schema_version=1,
            recorded_at=0x0102_0304_0506_0708, command=bytes.fromhex("01934f2a7b5c7d3e8f0123456789abcd"), time_min=-1,
            time_max=2, sample_count=5, metadata=b"\xaa\xbb", payload=b"\xcc")
        self.assertEqual(found.hex(), EVENT_HASH)
        self.assertIn(EVENT_HASH, (ROOT / "Tests/EventsTests/EventHashTests.swift").read_text())

    def test_of_the_example_in_the_documentation(self):
        text = (ROOT / "docs/EVENTS.md").read_text()
        rows = re.findall(r"^\| `((?:ce_|content-)[a-z-]+)` \| `([^`]+)` \|", text, re.MULTILINE)
        metadata, payload = re.findall(r"^[0-9a-f]{80,}$", text, re.MULTILINE)
        headers = [(name, value.encode()) for name, value in rows] + [("daybook-metadata", bytes.fromhex(metadata))]
        self.assertEqual((len(headers), payload), (17, SAMPLES))

        class Message:
            headers = staticmethod(lambda: headers)
            value = staticmethod(lambda: bytes.fromhex(payload))
            partition = staticmethod(lambda: 3)

        self.assertTrue(consumer.is_true(consumer.event_of(Message)))

    def test_times_of_headers(self):
        for text, nanoseconds in [
            ("1970-01-01T00:00:00Z", 0), ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
            ("2013-12-02T21:15:00.5Z", 1_386_018_900_500_000_000), ("1969-12-31T23:59:59.999999999Z", -1),
            ("2026-11-21T14:39:17.123456789Z", 1_795_271_957_123_456_789),
        ]:
            with self.subTest(text):
                self.assertEqual(consumer.nanoseconds(text), nanoseconds)


class Damage(unittest.TestCase):
    """Whatever the bytes are, there is a value or a ColumnError."""

    def pieces(self):
        for decode, cases in [
            (columns.integers, INTEGERS), (columns.times, TIMES), (columns.doubles, DOUBLES),
        ]:
            for values, text in cases:
                if values:
                    yield decode, bytes.fromhex(text), len(values)
        yield columns.samples, bytes.fromhex(SAMPLES)[8:], 6
        yield columns.series, bytes.fromhex(SERIES)[6:], 3

    def test_every_cut_is_an_error(self):
        for decode, data, count in self.pieces():
            decode(data, count)
            for end in range(len(data)):
                with self.subTest(data=data.hex(), end=end), self.assertRaises(columns.ColumnError):
                    decode(data[:end], count)
            with self.assertRaises(columns.ColumnError):
                decode(data + b"\0", count)

    def test_changed_bytes(self):
        chance = random.Random(1)
        for decode, data, count in self.pieces():
            for _ in range(500):
                changed = bytearray(data)
                for _ in range(chance.randint(1, 3)):
                    changed[chance.randrange(len(changed))] = chance.randrange(256)
                try:
                    decode(bytes(changed), count)
                except columns.ColumnError:
                    pass

    def test_what_is_refused(self):
        for decode, text, count, reason in [
            (columns.integers, "07", 1, "scheme"), (columns.integers, "0202020000010000", 4, "scheme"),
            (columns.integers, "020100020002", 4, "runs of 4"), (columns.integers, "02ff", 4, "expected a byte more"),
            (columns.integers, "0441" + "00", 1, "65 bits"), (columns.integers, "00" + "ff" * 9 + "02", 1, "64 bits"),
            (columns.integers, "060000", 1, "second differences"), (columns.times, "040000", 1, "unit"),
            (columns.doubles, "130000", 1, "first byte"), (columns.doubles, "40400000", 1, "64 bits"),
            (columns.doubles, "800000" + "01" + "0002" + "0000", 1, "exception at 1"),
            (columns.samples, "0001" + "030000" + "000000", 1, "indexes"),
        ]:
            with self.subTest(text), self.assertRaisesRegex(columns.ColumnError, reason):
                decode(bytes.fromhex(text), count)


class Wrapping(unittest.TestCase):
    def test_sums_and_steps_wrap_at_64_bits(self):
        least, most = INT64
        self.assertEqual(columns.integers(bytes.fromhex("01feffffffffffffffff0102"), 2), [most, least])
        # Differences: from the greatest, one more.
        self.assertEqual(columns.integers(bytes.fromhex("05feffffffffffffffff010002"), 2), [most, least])


class Rounding(unittest.TestCase):
    def test_an_integer_is_rounded_before_it_is_divided(self):
        self.assertEqual(columns.doubles(bytes.fromhex("08008a99a8a6c8e381f011"), 1), [6440186562.481374])
        self.assertNotEqual(644018656248137285 / 10**8, 6440186562.481374)


class Speed(unittest.TestCase):
    def test_a_column_of_many_values_takes_no_time(self):
        chance = random.Random(2)
        block = bytes([30, 0]) + chance.randbytes(128 * 30 // 8)
        column = bytes([2, 4]) + block * 512
        began = time.monotonic()
        for _ in range(4):
            columns.doubles(column, 65_536)
        self.assertLess(time.monotonic() - began, 5)


if __name__ == "__main__":
    unittest.main()
