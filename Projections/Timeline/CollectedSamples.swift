import Events
import ReadModels

/// What one shard recorded since the last flush, as it came.
struct CollectedSamples {
  private struct Part {
    let kind: ChangeKind
    let samples: SampleColumns
    let position: Int64
  }

  private var parts: [Part] = []
  private(set) var count = 0
  /// The position of the last event collected.
  private(set) var position: Int64 = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ samples: SampleColumns, mode: SampleMode, position: Int64) {
    parts.append(Part(kind: ChangeKind(mode), samples: samples, position: position))
    count += samples.count
    self.position = position
  }

  mutating func removeAll() {
    parts.removeAll(keepingCapacity: true)
    count = 0
  }

  /// The same in pieces of whole events with about `limit` samples at most, in order: each gives rows of the tail of its
  /// own, so that no row grows with what happened to come in one flush. A piece ends above the position of the one before.
  func pieces(limit: Int) -> [CollectedSamples] {
    if count <= limit { return [self] }
    var pieces: [CollectedSamples] = []
    var piece = CollectedSamples()
    for part in parts {
      if piece.count > 0, piece.count + part.samples.count > limit {
        pieces.append(piece)
        piece = CollectedSamples()
      }
      piece.parts.append(part)
      piece.count += part.samples.count
      piece.position = part.position
    }
    pieces.append(piece)
    return pieces
  }

  /// Sorts the samples into pages, by rising page; within a page they stay in order. One pass to count and one to move,
  /// because a page's columns grow too slowly one sample at a time.
  func pages(shards: Int) -> [(page: Int32, changes: PageChanges)] {
    guard let bounds = pageBounds(shards: shards) else { return [] }
    let first = bounds.lowerBound
    // Pages of one shard are dense, as the ids are: a flush of n samples can reach far, but seldom does.
    guard bounds.count <= 1 << 20 else { return sparsePages(shards: shards) }
    var ends = [Int](repeating: 0, count: bounds.count)
    forEachIndex(shards: shards) { index in ends[Int(SeriesPage.page(ofIndex: index) - first)] += 1 }
    var pages: [(page: Int32, range: Range<Int>)] = []
    var start = 0
    for (offset, size) in ends.enumerated() {
      if size > 0 { pages.append((first + Int32(offset), start..<(start + size))) }
      ends[offset] = start  // From here on: where the page's next sample goes.
      start += size
    }
    return moved(into: &ends, first: first, shards: shards, pages)
  }

  private func moved(
    into places: inout [Int], first: Int32, shards: Int, _ pages: [(page: Int32, range: Range<Int>)]
  ) -> [(page: Int32, changes: PageChanges)] {
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { keys in
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: count) { times in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { values in
          places.withUnsafeMutableBufferPointer { places in
            for part in parts {
              let divisor = Division(by: shards)
              part.samples.series.withUnsafeBufferPointer { series in
                part.samples.times.withUnsafeBufferPointer { partTimes in
                  part.samples.values.withUnsafeBufferPointer { partValues in
                    for offset in 0..<series.count {
                      let index = divisor.quotient(series[offset])
                      let page = Int(SeriesPage.page(ofIndex: index) &- first)
                      let place = places[page]
                      places[page] = place &+ 1
                      keys.initializeElement(
                        at: place, to: PageChanges.key(slot: SeriesPage.slot(ofIndex: index), kind: part.kind))
                      times.initializeElement(at: place, to: partTimes[offset])
                      values.initializeElement(at: place, to: partValues[offset])
                    }
                  }
                }
              }
            }
          }
          return pages.map { page in
            var changes = PageChanges()
            changes.append(
              keys: UnsafeBufferPointer(rebasing: keys[page.range]),
              times: UnsafeBufferPointer(rebasing: times[page.range]),
              values: UnsafeBufferPointer(rebasing: values[page.range]))
            return (page.page, changes)
          }
        }
      }
    }
  }

  /// The plain way, for ids that lie very far apart.
  private func sparsePages(shards: Int) -> [(page: Int32, changes: PageChanges)] {
    var pages: [Int32: PageChanges] = [:]
    for part in parts {
      for offset in 0..<part.samples.count {
        let index = part.samples.series[offset] / Int64(shards)
        pages[SeriesPage.page(ofIndex: index), default: PageChanges()].append(
          slot: SeriesPage.slot(ofIndex: index), kind: part.kind, time: part.samples.times[offset],
          value: part.samples.values[offset])
      }
    }
    return pages.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func pageBounds(shards: Int) -> ClosedRange<Int32>? {
    var least = Int32.max
    var greatest = Int32.min
    forEachIndex(shards: shards) { index in
      let page = SeriesPage.page(ofIndex: index)
      if page < least { least = page }
      if page > greatest { greatest = page }
    }
    return least <= greatest ? least...greatest : nil
  }

  @inline(__always)
  private func forEachIndex(shards: Int, _ body: (Int64) -> Void) {
    let divisor = Division(by: shards)
    for part in parts {
      part.samples.series.withUnsafeBufferPointer { series in
        for id in series { body(divisor.quotient(id)) }
      }
    }
  }
}
