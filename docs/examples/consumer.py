#!/usr/bin/env python3
"""Reads Daybook's events from Kafka and prints every sample: a complete consumer to start from. See docs/EVENTS.md.

    apt-get install protobuf-compiler python3-confluent-kafka python3-protobuf python3-zstandard
    ./consumer.py --kafka 127.0.0.1:9092 --from-beginning

or pip install confluent-kafka protobuf zstandard, and protoc from wherever your system has it.

A line is name, labels as JSON, time in nanoseconds since 1970 UTC, and value, with tabs between them.

The names of series stand in events, too: so the topic is read from its beginning in any case, or from where the state
file ends, and --from-beginning, or what the group has committed, only says from where on samples are printed.

It ends with 0 when all went well; with 1 when it cannot go on, and says why; with 3 when it came to its end and events
were missing, not true to their hash, or replaced by a restored store.
"""

import argparse
import datetime
import hashlib
import json
import math
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

import daybook_columns as columns

try:
    import zstandard
    from confluent_kafka import OFFSET_INVALID, Consumer, KafkaError, KafkaException, TopicPartition
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError as missing:
    sys.exit(
        f"{missing}: apt-get install python3-confluent-kafka python3-protobuf python3-zstandard (Debian), or "
        "pip install confluent-kafka protobuf zstandard")

PROTO = pathlib.Path(__file__).resolve().parent.parent / "events.proto"
# The numbers of the types (docs/event-format.md): an event's hash is over its type's number.
TYPES = {"SeriesRegistered": 1, "SamplesRecorded": 2, "SamplesRetracted": 3, "MetricDescribed": 4}
MODES = {1: "replace", 2: "observe"}
PREFIX = "daybook.v1."
NONE, ZSTD = 0, 1
# Hashes of the last events that are kept per shard, to tell whether an event that comes again is the same.
RECENT = 1_000
# Seconds after which output, state file and committed offsets are brought up to date.
SAVE_EVERY = 5


class Problem(Exception):
    """There is no going on; the text says why."""


# ------------------------------------------------------------------------------------------------------------- messages


def load_messages(proto: pathlib.Path) -> dict:
    """The Protobuf messages of events.proto, by full name: described by protoc at start, without generated code."""
    protoc = shutil.which("protoc")
    if protoc is None:
        raise Problem("protoc is missing: apt-get install protobuf-compiler (Debian), or what has it on your system")
    if not proto.is_file():
        raise Problem(f"{proto} is missing: --proto says where Daybook's events.proto is")
    with tempfile.TemporaryDirectory() as folder:
        described = pathlib.Path(folder, "events.pb")
        run = subprocess.run(
            [protoc, f"--proto_path={proto.parent}", f"--descriptor_set_out={described}", proto.name],
            capture_output=True, text=True)
        if run.returncode != 0:
            raise Problem(f"protoc cannot read {proto}: {run.stderr.strip()}")
        files = descriptor_pb2.FileDescriptorSet.FromString(described.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    # The second is for protobuf before 4.22, as Debian 12 has it.
    make = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
    messages = {}
    for file in files.file:
        pool.Add(file)
        for message in file.message_type:
            name = f"{file.package}.{message.name}"
            messages[name] = make(pool.FindMessageTypeByName(name))
    return messages


def columns_of(message) -> bytes:
    """The columns of a payload, decompressed."""
    size = message.columns_size
    if not 1 <= size <= columns.COLUMNS_LIMIT:
        raise columns.ColumnError(f"expected 1 to {columns.COLUMNS_LIMIT} bytes of columns, actual {size}")
    packed = message.columns
    if message.compression == ZSTD:
        try:
            # Says how much comes before any memory is taken for it; -1: the frame does not say.
            if zstandard.frame_content_size(packed) not in (-1, size):
                raise columns.ColumnError(f"expected {size} bytes of columns, the compressed ones say otherwise")
            packed = zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
        except zstandard.ZstdError as error:
            raise columns.ColumnError(f"columns that cannot be decompressed: {error}") from None
    elif message.compression != NONE:
        raise columns.ColumnError(f"expected compression 0 or 1, actual {message.compression}")
    if len(packed) != size:
        raise columns.ColumnError(f"expected {size} bytes of columns, actual {len(packed)}")
    return packed


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(slots=True)
class Event:
    """What a message's headers say, and its value."""

    shard: int
    position: int
    store: str  # UUID
    generation: int  # of the store: grows when a backup is restored
    type: str  # full name of the Protobuf message; may be one that is not known here
    schema_version: int
    hash: bytes
    previous_hash: bytes
    headers: dict
    payload: bytes

    def __str__(self):
        return f"event {self.position} of shard {self.shard}"


class Foreign(Exception):
    """A message that is no event of Daybook's: passed over and counted by this word."""


_SOURCE = re.compile(r"urn:daybook:([0-9a-f-]{36}):([1-9][0-9]*)")


def event_of(message) -> Event:
    """Takes a message's headers apart. Raises `Foreign` for what no Daybook wrote, or wrote for another partition."""
    pairs = message.headers() or []
    payload = message.value()
    if not pairs:
        raise Foreign("tombstone" if payload is None else "no headers")
    # Of two headers with one name the first counts.
    headers = {name: value for name, value in reversed(pairs)}
    source = _SOURCE.fullmatch(_text(headers, "ce_source"))
    if not source:
        raise Foreign("other source")
    shard = message.partition()
    try:
        position = int(_text(headers, "ce_sequence"))
        if position < 1 or _text(headers, "ce_id") != f"{shard}-{position}":
            raise Foreign("no position")
        return Event(
            shard=shard, position=position, store=source[1], generation=int(source[2]), type=_text(headers, "ce_type"),
            schema_version=int(_text(headers, "ce_schemaversion")), hash=bytes.fromhex(_text(headers, "ce_hash")),
            previous_hash=bytes.fromhex(_text(headers, "ce_previoushash")), headers=headers, payload=payload or b"")
    except ValueError:
        raise Foreign("unreadable headers") from None


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(headers: dict, name: str) -> str:
    return (headers.get(name) or b"").decode("utf-8", "replace")


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def nanoseconds(text: str) -> int:
    """Of a time in RFC 3339 and UTC: a datetime ends at microseconds."""
    seconds, _, fraction = text.removesuffix("Z").partition(".")
    whole = datetime.datetime.fromisoformat(seconds).replace(tzinfo=datetime.timezone.utc) - _EPOCH
    return (whole.days * 86_400 + whole.seconds) * 1_000_000_000 + int(fraction.ljust(9, "0")[:9])


def event_hash(
    *, previous: bytes, shard: int, position: int, type_number: int, schema_version: int, recorded_at: int,
    command: bytes, time_min: int, time_max: int, sample_count: int, metadata: bytes, payload: bytes
) -> bytes:
    """docs/event-format.md, "Hash": the hash before it, then each column as its length and its content."""
    return hashlib.sha256(
        previous
        + struct.pack(
            "<IiIqIhIhIqI16sIqIqIiI", 4, shard, 8, position, 2, type_number, 2, schema_version, 8, recorded_at, 16,
            command, 8, time_min, 8, time_max, 4, sample_count, len(metadata))
        + metadata + struct.pack("<I", len(payload)) + payload
    ).digest()


def is_true(event: Event) -> bool | None:
    """Whether an event is the one that its hash says; None: its type is not known here, and so not its number."""
    number = TYPES.get(event.type.removeprefix(PREFIX))
    if number is None:
        return None
    try:
        # Left out where an event has no times and no samples.
        span = [int(event.headers.get(name) or 0) for name in ("ce_timemin", "ce_timemax", "ce_samplecount")]
        expected = event_hash(
            previous=event.previous_hash, shard=event.shard, position=event.position, type_number=number,
            schema_version=event.schema_version, recorded_at=nanoseconds(_text(event.headers, "ce_recordedtime")),
            command=uuid.UUID(_text(event.headers, "ce_commandid")).bytes, time_min=span[0], time_max=span[1],
            sample_count=span[2], metadata=event.headers.get("daybook-metadata") or b"", payload=event.payload)
    except (ValueError, struct.error):
        return False
    return expected == event.hash


# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(slots=True)
class Shard:
    """How far one partition was read."""

    offset: int = 0  # of the next message
    position: int = 0  # of the last event taken
    hash: bytes = bytes(32)  # of that event
    generation: int = 0
    recent: dict = field(default_factory=dict)  # position: hash
    print_from: int = 0  # offset from which on samples are printed
    end: int = 0  # offset at which --until-end ends
    is_resumed: bool = False  # begun from a state file, and not yet known to be at the right place


class State:
    """What has to outlive this process, all of one moment: where each partition was left, and the names that stand
    before. A service keeps it in its database, in one transaction with what it makes of events: then each counts once.
    """

    def __init__(self, path: pathlib.Path | None, topic: str):
        self.path = path
        self.topic = topic
        self.store: str | None = None
        self.shards: dict[int, Shard] = {}
        self.series: dict[int, tuple[str, dict]] = {}
        if path and path.exists():
            self._load()

    def _load(self):
        try:
            saved = json.loads(self.path.read_text())
            if saved["topic"] != self.topic:
                raise Problem(f"{self.path} is of the topic {saved['topic']}, not {self.topic}")
            self.store = saved["store"]
            for shard, at in saved["shards"].items():
                found = bytes.fromhex(at["hash"])
                self.shards[int(shard)] = Shard(
                    at["offset"], at["position"], found, at["generation"], {at["position"]: found}, at["print_from"])
            self.series = {int(number): (name, labels) for number, (name, labels) in saved["series"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Problem(f"{self.path} is no state file of this program: {error!r}") from None

    def save(self):
        if not self.path:
            return
        shards = {
            shard: {
                "offset": at.offset, "position": at.position, "hash": at.hash.hex(), "generation": at.generation,
                "print_from": at.print_from,
            }
            for shard, at in self.shards.items()
        }
        saved = {"topic": self.topic, "store": self.store, "shards": shards, "series": self.series}
        # Another file takes its place in one step: a crash leaves the old one or the new one.
        temporary = self.path.with_name(self.path.name + ".new")
        with open(temporary, "w") as file:
            json.dump(saved, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path)


# -------------------------------------------------------------------------------------------------------------- reading


class Reader:
    """Makes a sequence without duplicates of what a topic holds, and lines of samples."""

    def __init__(self, state: State, shards: int, messages: dict, as_json: bool, verifies: bool):
        self.state = state
        self.shards = shards
        self.messages = messages
        self.as_json = as_json
        self.verifies = verifies
        self.counts = Counter()
        self.passed_over = Counter()
        self.troubles = Counter()
        self.heads: dict[int, str] = {}  # by series id: what all its lines have in common

    def read(self, message, write) -> bool:
        """Takes one message. False: it is not the one that was to be there: read from the partition's beginning."""
        shard = self.state.shards[message.partition()]
        try:
            event = event_of(message)
        except Foreign as reason:
            self.passed_over[str(reason)] += 1
        else:
            if self.state.store is None:
                self.state.store = event.store
            if event.store != self.state.store:
                raise Problem(f"the topic holds events of two stores: {self.state.store} and {event.store}")
            if shard.is_resumed and event.position > shard.position and event.previous_hash != shard.hash:
                return False
            shard.is_resumed = False
            if self._is_next(event, shard):
                self._take(event, shard, write if message.offset() >= shard.print_from else None)
        # Behind all that can fail: this is what is committed.
        shard.offset = message.offset() + 1
        return True

    def _is_next(self, event: Event, shard: Shard) -> bool:
        """Whether an event is to be taken; says what is not as it should be."""
        if event.generation > shard.generation:
            if shard.generation:
                warn(f"the store was restored: {event} is of generation {event.generation}")
            shard.generation = event.generation
        if event.position <= shard.position:
            known = shard.recent.get(event.position)
            if known is None or known == event.hash:
                self.passed_over["duplicate"] += 1
                return False
            # What was taken from here on is not in the store any more. A service takes back what it made of it.
            self.troubles["replaced"] += shard.position - event.position + 1
            warn(f"{event} is another one than before: events {event.position} to {shard.position} are void")
            for position in range(event.position, shard.position + 1):
                shard.recent.pop(position, None)
        if self.verifies:
            found = is_true(event)
            self.counts["verified" if found else "of unknown types"] += 1
            if found is False:
                self.troubles["not true to their hash"] += 1
                warn(f"{event} is not what its hash says: passed over")
                return False
            if event.position == shard.position + 1 and event.previous_hash != shard.hash:
                self.troubles["out of the chain"] += 1
                warn(f"{event} does not follow on the one before it: its previous hash is another")
        if event.position > shard.position + 1:
            self.troubles["missing"] += event.position - shard.position - 1
            warn(
                f"gap: events {shard.position + 1} to {event.position - 1} of shard {event.shard} are not on the topic, "
                "and samples and names with them. "
                f"daybook relay --republish --shard {event.shard} --from {shard.position + 1} sends them again")
        return True

    def _take(self, event: Event, shard: Shard, write):
        name = event.type.removeprefix(PREFIX)
        if event.type == PREFIX + "SamplesRecorded":
            self._samples(event, self._payload(event), write)
        elif event.type == PREFIX + "SeriesRegistered":
            self._series(event, self._payload(event))
        else:
            # MetricDescribed, and types that are not known yet.
            self.passed_over[name] += 1
        shard.position = event.position
        shard.hash = event.hash
        shard.recent[event.position] = event.hash
        if len(shard.recent) > RECENT:
            del shard.recent[next(iter(shard.recent))]
        self.counts["events"] += 1

    def _payload(self, event: Event):
        if event.schema_version != 1:
            raise Problem(
                f"{event} is a {event.type} of schema version {event.schema_version}, and this program reads 1: "
                "a newer Daybook wrote it, get a newer program")
        try:
            # Fields that a newer events.proto has are passed over.
            return self.messages[event.type].FromString(event.payload)
        except Exception as error:  # google.protobuf.message.DecodeError, of whichever implementation
            raise Problem(f"{event} cannot be read: {error}") from None

    def _series(self, event: Event, payload):
        found = self._decoded(event, columns.series, payload)
        for one in found:
            number = columns.series_id(one.index, event.shard, self.shards)
            self.state.series[number] = (one.name, one.labels)
            self.heads.pop(number, None)
        self.counts["series"] += len(found)

    def _samples(self, event: Event, payload, write):
        found = self._decoded(event, columns.samples, payload)
        if write is None:
            return
        lines = self._json_lines if self.as_json else self._text_lines
        write("".join(lines(event, payload.mode, found)))
        self.counts["samples"] += payload.count

    @staticmethod
    def _decoded(event: Event, decode, payload):
        try:
            return decode(columns_of(payload), payload.count)
        except columns.ColumnError as error:
            raise Problem(f"{event} is damaged: {error}") from None

    def _text_lines(self, event: Event, mode: int, found: columns.Samples):
        heads = self._heads(event, found, lambda number, name, labels: f"{name or number}\t{_json(labels)}\t")
        for index, moment, value in zip(*found):
            yield f"{heads[index]}{moment}\t{value!r}\n"

    def _json_lines(self, event: Event, mode: int, found: columns.Samples):
        heads = self._heads(event, found, lambda number, name, labels: (
            f'"series": {number}, "name": {_json(name)}, "labels": {_json(labels)}, '))
        head = f'{{"shard": {event.shard}, "position": {event.position}, "mode": "{MODES.get(mode, mode)}", '
        for index, moment, value in zip(*found):
            # JSON has no NaN and no infinities: `bits` tells them.
            number = repr(value) if math.isfinite(value) else "null"
            yield f'{head}{heads[index]}"time": {moment}, "value": {number}, "bits": "{columns.bits(value)}"}}\n'

    def _heads(self, event: Event, found: columns.Samples, make) -> dict[int, str]:
        """By index in the shard: what the lines of a series have in common."""
        heads = {}
        for index in set(found.indexes):
            number = columns.series_id(index, event.shard, self.shards)
            if number not in self.heads:
                name, labels = self.state.series.get(number, (None, None))
                if name is None:
                    self.troubles["series without a name"] += 1
                    warn(f"{event} has samples of series {number}, whose SeriesRegistered did not come")
                self.heads[number] = make(number, name, labels)
            heads[index] = self.heads[number]
        return heads


# ---------------------------------------------------------------------------------------------------------------- Kafka


class Program:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.topic = options.topic
        self.state = State(options.state, options.topic)
        # Committed offsets are those of a group that somebody named. Another one is gone with this process.
        self.commits = options.group is not None
        self.group = options.group or f"daybook-consumer-{uuid.uuid4()}"
        self.consumer = Consumer({
            **options.config,
            "bootstrap.servers": options.kafka, "group.id": self.group, "enable.auto.commit": False,
            # Where an offset is gone: all that is there. Positions tell what is known already.
            "auto.offset.reset": "earliest", "enable.partition.eof": True,
            "partition.assignment.strategy": "range",
            # Instead of a line for every try of librdkafka's.
            "log_level": 2, "error_cb": self._note_trouble,
        })
        self.noted: set[str] = set()
        self.assigned: set[int] | None = None
        self.is_stopping = False

    def run(self) -> int:
        messages = load_messages(self.options.proto)
        found = self.consumer.list_topics(self.topic, timeout=10).topics[self.topic]
        if found.error:
            raise Problem(f"cannot find the topic {self.topic}: {found.error.str()}")
        # Partition N has shard N.
        self.reader = Reader(self.state, len(found.partitions), messages, self.options.json, self.options.verify)
        self.consumer.subscribe([self.topic], on_assign=self._assign, on_revoke=self._revoke)
        saved_at = time.monotonic()
        try:
            while not self.is_stopping and not self._is_at_end():
                self._read(self.consumer.consume(500, timeout=0.2))
                if time.monotonic() - saved_at >= SAVE_EVERY:
                    self._save()
                    saved_at = time.monotonic()
            self._save()
        finally:
            self.consumer.close()
        self._report()
        return 3 if self.reader.troubles else 0

    def _read(self, messages: list):
        misplaced = set()
        for message in messages:
            partition = message.partition()
            if error := message.error():
                if error.code() == KafkaError._PARTITION_EOF:
                    if partition in (self.assigned or ()):
                        at = self.state.shards[partition]
                        at.offset = max(at.offset, message.offset())
                elif error.retriable():
                    warn(f"Kafka: {error.str()}")
                else:
                    raise KafkaException(error)
            elif partition not in misplaced and not self.reader.read(message, sys.stdout.write):
                # The topic was made anew since the state was saved: positions say what is known of it.
                misplaced.add(partition)
                warn(f"shard {partition} is not where the state file says: it is read from its beginning")
                self._begin_anew(partition)

    def _begin_anew(self, partition: int):
        at = self.state.shards[partition]
        low, _ = self.consumer.get_watermark_offsets(TopicPartition(self.topic, partition), timeout=10)
        at.offset, at.print_from, at.is_resumed = low, low, False
        self.consumer.seek(TopicPartition(self.topic, partition, low))

    def _assign(self, consumer, partitions):
        """Says from where each partition is read, and from where on its samples are printed."""
        committed = consumer.committed(partitions, timeout=10) if self.commits else partitions
        for partition, known in zip(partitions, committed):
            low, high = consumer.get_watermark_offsets(partition, timeout=10)
            at = self.state.shards.get(partition.partition)
            if at is None:
                at = self.state.shards[partition.partition] = Shard(offset=low)
                at.print_from = low if self.options.from_beginning else high
                if self.commits and known.offset != OFFSET_INVALID:
                    at.print_from = known.offset if known.offset <= high else low
            elif at.offset <= high:
                at.print_from = max(at.offset, at.print_from, known.offset if self.commits else 0)
                at.is_resumed = at.position > 0
            else:
                warn(f"shard {partition.partition} ends before the state file's offset: it is read from its beginning")
                at.offset = at.print_from = low
            # One message before: it has to be the last one taken, or one before that.
            partition.offset = max(low, at.offset - 1)
            at.end = high
        self.assigned = {partition.partition for partition in partitions}
        consumer.assign(partitions)

    def _note_trouble(self, error):
        """librdkafka goes on trying by itself."""
        if error.str() not in self.noted:
            self.noted.add(error.str())
            warn(f"Kafka: {error.str()}")

    def _revoke(self, consumer, partitions):
        self._save()
        self.assigned = None

    def _is_at_end(self) -> bool:
        if not self.options.until_end or self.assigned is None:
            return False
        return all(self.state.shards[shard].offset >= self.state.shards[shard].end for shard in self.assigned)

    def _save(self):
        """Output first: what is committed has been printed. After a crash in between it is printed again."""
        sys.stdout.flush()
        self.state.save()
        if not self.commits or not self.assigned:
            return
        at = [(shard, self.state.shards[shard]) for shard in sorted(self.assigned)]
        # What is read for its names only counts as printed.
        offsets = [TopicPartition(self.topic, shard, max(one.offset, one.print_from)) for shard, one in at]
        try:
            self.consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            # After a rebalance, for example: the next one reads again.
            warn(f"cannot commit offsets: {error.args[0].str()}")

    def _report(self):
        counts = self.reader.counts
        read = f"{counts['events']:,} events and {counts['series']:,} series read"
        parts = [f"{counts['samples']:,} samples printed, {read}"]
        if self.options.verify:
            parts.append(f"{counts['verified']:,} hashes checked")
        for name, found in [("passed over", self.reader.passed_over), ("TROUBLE", self.reader.troubles)]:
            if found:
                parts.append(f"{name}: " + ", ".join(f"{count:,} {what}" for what, count in sorted(found.items())))
        warn("; ".join(parts))


def warn(text: str):
    print(text, file=sys.stderr)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kafka", required=True, metavar="HOST:PORT", help="Kafka's brokers, several apart by commas")
    parser.add_argument("--topic", default="daybook.events", metavar="T", help="default: daybook.events")
    parser.add_argument(
        "--group", metavar="G", help="a consumer group, which shares partitions and remembers how far it has printed. "
        "Left out: one of its own that is gone at the end")
    parser.add_argument(
        "--state", type=pathlib.Path, metavar="FILE", help="go on from this file, and keep it up to date")
    parser.add_argument(
        "--from-beginning", action="store_true",
        help="print what is there already, where nothing says from where to go on")
    parser.add_argument("--until-end", action="store_true", help="end where the topic ends now")
    parser.add_argument("--json", action="store_true", help="print an object a sample")
    parser.add_argument(
        "--verify", action="store_true", help="check every hash, and that each event follows on the one before")
    parser.add_argument(
        "--kafka-config", dest="config", type=properties, default={}, metavar="FILE",
        help="librdkafka's settings, NAME=VALUE a line: TLS and SASL, for example")
    parser.add_argument("--proto", type=pathlib.Path, default=PROTO, metavar="FILE", help="Daybook's events.proto")
    return parser.parse_args()


def properties(path: str) -> dict[str, str]:
    try:
        lines = [line.strip() for line in pathlib.Path(path).read_text().splitlines()]
    except OSError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    if not all(separator for _, separator, _ in pairs):
        raise argparse.ArgumentTypeError("expected NAME=VALUE a line")
    return {name.strip(): value.strip() for name, _, value in pairs}


def main() -> int:
    options = arguments()
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        program = Program(options)

        def stop(number, frame):
            program.is_stopping = True

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        return program.run()
    except Problem as problem:
        warn(f"consumer.py: {problem}")
    except KafkaException as error:
        warn(f"consumer.py: Kafka at {options.kafka}: {error.args[0].str()}")
    except BrokenPipeError:
        # Nobody reads on, as behind `| head`. What is still buffered must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


if __name__ == "__main__":
    sys.exit(main())
