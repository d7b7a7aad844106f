"""Tests of what consumer.py makes of messages, without Kafka: python3 -m unittest test_consumer"""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest
import uuid

import consumer
from test_columns import ROOT, SERIES

STORE = "0193f000-0000-7000-8000-00000000abcd"
RECORDED = "2023-11-14T22:13:20.5Z"
COMMAND = uuid.UUID("01934f2a-7b5c-7d3e-8f01-23456789abcd")
SERIES_PAYLOAD = bytes.fromhex(SERIES)
# Of the series with index 4, which SERIES registers: time 0, value 12.34.
SAMPLE = bytes.fromhex("080110012009" "2a09" "0008" "030000" "0200a413")


class Message:
    def __init__(self, partition, offset, headers, value):
        self._all = (partition, offset, headers, value)

    def partition(self):
        return self._all[0]

    def offset(self):
        return self._all[1]

    def headers(self):
        return self._all[2]

    def value(self):
        return self._all[3]


def chain(count: int, shard=3, generation=1, before=bytes(32), first=1, actor=b"\x0a\x01a") -> list[tuple]:
    """Headers and values of so many events: the first registers series, each other has a sample."""
    found = []
    for position in range(first, first + count):
        name, payload, samples = "SamplesRecorded", SAMPLE, 1
        if position == 1:
            name, payload, samples = "SeriesRegistered", SERIES_PAYLOAD, 0
        own = consumer.event_hash(
            previous=before, shard=shard, position=position, type_number=consumer.TYPES[name], schema_version=1,
            recorded_at=consumer.nanoseconds(RECORDED), command=COMMAND.bytes, time_min=0, time_max=0,
            sample_count=samples, metadata=actor, payload=payload)
        headers = {
            "ce_specversion": "1.0", "ce_id": f"{shard}-{position}", "ce_source": f"urn:daybook:{STORE}:{generation}",
            "ce_type": f"daybook.v1.{name}", "ce_time": RECORDED, "ce_recordedtime": RECORDED,
            "ce_sequence": f"{position:019}", "ce_schemaversion": "1", "ce_commandid": str(COMMAND),
            "ce_hash": own.hex(), "ce_previoushash": before.hex(), "content-type": "application/protobuf",
        }
        if samples:
            headers |= {"ce_timemin": "0", "ce_timemax": "0", "ce_samplecount": "1"}
        encoded = [(name, value.encode()) for name, value in headers.items()]
        found.append((encoded + [("daybook-metadata", actor)], payload))
        before = own
    return found


def changed(event: tuple, name: str, value: str) -> tuple:
    return ([(key, value.encode() if key == name else old) for key, old in event[0]], event[1])


class Reading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.messages = consumer.load_messages(ROOT / "docs/events.proto")

    def setUp(self):
        self.reader = consumer.Reader(consumer.State(None, "t"), 8, self.messages, as_json=False, verifies=True)
        self.reader.state.shards[3] = consumer.Shard()
        self.lines = []
        self.offset = 0

    def read(self, *events: tuple) -> str:
        """What is said on standard error."""
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            for headers, value in events:
                self.assertTrue(self.reader.read(Message(3, self.offset, headers, value), self.lines.append))
                self.offset += 1
        return said.getvalue()

    @property
    def shard(self) -> consumer.Shard:
        return self.reader.state.shards[3]

    def test_events_in_order_are_lines(self):
        self.assertEqual(self.read(*chain(3)), "")
        self.assertEqual(self.lines, ['cpu\t{"dc": "fra", "host": "a"}\t0\t12.34\n'] * 2)
        self.assertEqual((self.shard.position, self.reader.counts["verified"]), (3, 3))

    def test_objects_hold_all_that_lines_do_not(self):
        self.reader.as_json = True
        self.read(*chain(2))
        self.assertEqual(json.loads(self.lines[0]), {
            "shard": 3, "position": 2, "mode": "replace", "series": 35, "name": "cpu",
            "labels": {"dc": "fra", "host": "a"}, "time": 0, "value": 12.34, "bits": "4028ae147ae147ae"})

    def test_what_is_sent_again_is_passed_over(self):
        events = chain(4)
        # A take-over: two senders, each in order.
        self.read(*events[:3], events[1], events[3], events[2], events[3], *events)
        self.assertEqual(len(self.lines), 3)
        self.assertEqual(self.reader.passed_over["duplicate"], 7)
        self.assertFalse(self.reader.troubles)

    def test_a_gap_is_said(self):
        events = chain(5)
        said = self.read(*events[:2], *events[4:])
        self.assertIn("events 3 to 4 of shard 3", said)
        self.assertIn("--republish --shard 3 --from 3", said)
        self.assertEqual((self.shard.position, self.reader.troubles["missing"]), (5, 2))

    def test_foreign_messages_are_passed_over_and_counted(self):
        event = chain(1)[0]
        self.read(
            ([], None), (None, b"x"), ([("ce_source", b"urn:other")], b""), changed(event, "ce_id", "4-1"),
            changed(event, "ce_sequence", "x"), changed(event, "ce_hash", "zz"), ([("ce_source", None)], b""), event)
        self.assertEqual(
            self.reader.passed_over,
            {"tombstone": 1, "no headers": 1, "other source": 2, "no position": 1, "unreadable headers": 2})
        self.assertEqual((self.shard.position, self.shard.offset), (1, 8))

    def test_a_changed_event_is_not_taken(self):
        events = chain(3)
        longer = (events[1][0], events[1][1] + b"\x38\x00")
        said = self.read(events[0], longer, changed(events[1], "ce_samplecount", "2"))
        self.assertIn("event 2 of shard 3 is not what its hash says", said)
        self.assertEqual((self.shard.position, self.lines), (1, []))
        self.assertEqual(self.read(*events[1:]), "")

    def test_an_event_out_of_the_chain_is_said(self):
        said = self.read(*chain(2), *chain(1, first=3, before=bytes(32)))
        self.assertIn("event 3 of shard 3 does not follow", said)

    def test_the_same_events_of_a_restored_store_are_duplicates(self):
        self.read(*chain(3))
        said = self.read(*chain(4, generation=2))
        self.assertIn("generation 2", said)
        self.assertEqual((self.shard.position, len(self.lines)), (4, 3))
        self.assertFalse(self.reader.troubles)

    def test_other_events_of_a_restored_store_replace_what_was(self):
        events = chain(5)
        self.read(*events)
        fork = chain(2, first=3, generation=2, before=self.shard.recent[2], actor=b"\x0a\x01b")
        self.assertIn("events 3 to 5 are void", self.read(*fork))
        self.assertEqual((self.shard.position, self.reader.troubles["replaced"]), (4, 3))
        self.assertEqual(self.reader.passed_over["duplicate"], 0)

    def test_another_store_is_a_problem(self):
        events = chain(2)
        self.read(events[0])
        other = changed(events[1], "ce_source", f"urn:daybook:{STORE[:-1]}e:1")
        with self.assertRaisesRegex(consumer.Problem, "two stores"):
            self.read(other)
        self.assertEqual(self.shard.offset, 1)

    def test_a_newer_schema_version_is_a_problem_and_a_newer_type_is_none(self):
        self.reader.verifies = False
        events = chain(3)
        self.read(events[0], changed(events[1], "ce_type", "daybook.v1.SomethingNew"))
        self.assertEqual((self.shard.position, self.reader.passed_over["SomethingNew"]), (2, 1))
        with self.assertRaisesRegex(consumer.Problem, "schema version 2"):
            self.read(changed(events[2], "ce_schemaversion", "2"))
        self.assertEqual(self.shard.position, 2)

    def test_before_the_place_to_print_from_only_names_are_read(self):
        self.shard.print_from = 2
        self.read(*chain(3))
        self.assertEqual(self.lines, ['cpu\t{"dc": "fra", "host": "a"}\t0\t12.34\n'])

    def test_a_state_file_holds_places_and_names(self):
        with tempfile.TemporaryDirectory() as folder:
            self.reader.state.path = pathlib.Path(folder, "state.json")
            self.read(*chain(3))
            self.reader.state.save()
            found = consumer.State(self.reader.state.path, "t")
            self.assertEqual(found.shards[3].hash, self.shard.hash)
            self.assertEqual((found.shards[3].position, found.shards[3].offset, found.store), (3, 3, STORE))
            self.assertEqual(found.series[35], ("cpu", {"dc": "fra", "host": "a"}))
            with self.assertRaisesRegex(consumer.Problem, "topic t, not u"):
                consumer.State(self.reader.state.path, "u")
            self.reader.state.path.write_text('{"topic": "t"}')
            with self.assertRaisesRegex(consumer.Problem, "no state file"):
                consumer.State(self.reader.state.path, "t")

    def test_a_resumed_shard_has_to_find_its_last_event_or_the_next(self):
        events = chain(4)
        self.read(*events[:2])
        for event, is_right in [(events[1], True), (events[2], True), (events[3], False)]:
            at = consumer.Shard(
                offset=2, position=2, hash=self.shard.recent[2], generation=1, recent={2: self.shard.recent[2]},
                is_resumed=True)
            reader = consumer.Reader(consumer.State(None, "t"), 8, self.messages, False, True)
            reader.state.shards[3] = at
            self.assertEqual(reader.read(Message(3, 1, *event), self.lines.append), is_right)
            self.assertEqual(at.offset, 2)


if __name__ == "__main__":
    unittest.main()
