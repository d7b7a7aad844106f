package import Events
import Runtime

/// Makes the headers of events' messages. Keeps its memory from one to the next; used by one thread.
package struct EventMessageWriter {
  /// About how many headers a message has.
  package static let headerCount = EventHeader.allCases.count
  /// Of `ce_sequence`, so that texts sort as positions do.
  private static let sequenceWidth = 19

  private let source: [UInt8]
  private var text: [UInt8] = []
  private var ends: [(header: EventHeader, end: Int)] = []
  /// Neighbours often share their metadata.
  private var metadata: [UInt8] = []
  private var traceParent: [UInt8] = []

  package init(_ store: StoreIdentity) {
    source = Array(EventSource(store).description.utf8)
    text.reserveCapacity(1_024)
  }

  /// Calls `put` for each header of `record`, in order; the value is valid during the call.
  /// - Parameter previousHash: of the event before it in the shard; zeros for position 1.
  package mutating func headers(
    of record: borrowing EventRecord, previousHash: [UInt8], _ put: (StaticString, UnsafeRawBufferPointer) -> Void
  ) {
    text.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    text += "1.0".utf8
    end(.specVersion)
    EventText.append(Int64(record.shard), to: &text)
    text.append(UInt8(ascii: "-"))
    EventText.append(record.position, to: &text)
    end(.id)
    text += source
    end(.source)
    text += EventTypeName.prefix.utf8
    text += record.type.name.utf8
    end(.type)
    RFC3339.append(nanoseconds: record.sampleCount > 0 ? record.timeMax : record.recordedAt, to: &text)
    end(.time)
    RFC3339.append(nanoseconds: record.recordedAt, to: &text)
    end(.recordedTime)
    EventText.append(record.position, width: Self.sequenceWidth, to: &text)
    end(.sequence)
    EventText.append(Int64(record.schemaVersion), to: &text)
    end(.schemaVersion)
    EventText.append(uuid: record.commandHigh, record.commandLow, to: &text)
    end(.commandID)
    EventText.append(hex: record.hash, to: &text)
    end(.hash)
    EventText.append(hex: previousHash, to: &text)
    end(.previousHash)
    text += "application/protobuf".utf8
    end(.contentType)
    text += record.metadata
    end(.metadata)
    if record.sampleCount != 0 || record.timeMin != 0 || record.timeMax != 0 {
      EventText.append(record.timeMin, to: &text)
      end(.timeMin)
      EventText.append(record.timeMax, to: &text)
      end(.timeMax)
      EventText.append(Int64(record.sampleCount), to: &text)
      end(.sampleCount)
    }
    noteTraceParent(of: record.metadata)
    if !traceParent.isEmpty {
      text += traceParent
      end(.traceParent)
    }
    text.withUnsafeBytes { bytes in
      var start = 0
      for (header, end) in ends {
        put(header.name, UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
    }
  }

  private mutating func end(_ header: EventHeader) { ends.append((header, text.count)) }

  private mutating func noteTraceParent(of bytes: [UInt8]) {
    if bytes == metadata { return }
    metadata = bytes
    traceParent = ((try? EventMetadata(decoding: bytes))?.traceparent).map { Array($0.utf8) } ?? []
  }
}
