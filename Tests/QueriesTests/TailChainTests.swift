import Queries
import ReadModels
import TestSupport
import Testing

/// A chain against a list of rows: row `n` has one sample, at time `n`, of the series at slot 0.
@Suite struct TailChainTests {
  private func changes(_ sequences: some Sequence<Int64>) -> ResolvedChanges {
    var page = PageChanges()
    for sequence in sequences { page.append(slot: 0, kind: .observe, time: sequence, value: 1) }
    return ResolvedChanges(page)
  }

  private func sequences(_ chain: TailChain) -> [Int64] {
    chain.stretches.flatMap { $0.changes.changes(of: 0)?.samples.times ?? [] }
  }

  @Test func whatIsUsableIsWhatTheSnapshotWouldRead() {
    var random = SeededRandom()
    for _ in 0..<300 {
      // Rows have some of the positions; flushes go to others.
      let rows = (1...200).map(Int64.init).filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
      var chain = TailChain(from: Int64.random(in: 0...50, using: &random))
      while chain.end < 200, Int.random(in: 0..<12, using: &random) > 0 {
        let position = min(200, chain.end + Int64.random(in: 0...30, using: &random))
        let new = rows.filter { [end = chain.end] in $0 > end && $0 <= position }
        chain.append(new.isEmpty ? nil : changes(new), through: position)
        #expect(chain.end == position)
      }
      #expect(sequences(chain) == rows.filter { $0 > chain.base && $0 <= chain.end })
      for _ in 0..<50 {
        let folded = Int64.random(in: 0...210, using: &random)
        let position = Int64.random(in: folded...220, using: &random)
        guard let part = chain.usable(folded: folded, position: position) else {
          // Rows before the chain are wanted, or some that are folded came together with some that are not.
          let isApart = chain.stretches.contains { $0.base < folded && folded < $0.end }
          #expect(folded < chain.base || isApart)
          continue
        }
        #expect(part.base == folded)
        #expect(part.end >= folded && part.end <= position)
        #expect(sequences(part) == rows.filter { $0 > folded && $0 <= part.end })
        // All of the chain that the snapshot sees, but for a stretch that goes beyond it.
        let cut = chain.stretches.first { $0.end > position && $0.end > folded }
        if cut == nil { #expect(part.end == max(folded, min(position, chain.end))) }
      }
    }
  }

  @Test func stretchesStayFewAndEachSampleIsKept() {
    var chain = TailChain(from: 0)
    for position in 1...5_000 { chain.append(changes([Int64(position)]), through: Int64(position)) }
    #expect(chain.samples == 5_000)
    #expect(chain.stretches.count <= 14)
    #expect(sequences(chain) == (1...5_000).map(Int64.init))
  }
}
