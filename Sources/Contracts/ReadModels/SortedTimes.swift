/// Binary search over rising times.
enum SortedTimes {
  /// The index of the first time at or after `time`; `times.count` when there is none.
  static func lowerBound(_ times: UnsafeBufferPointer<Int64>, _ time: Int64) -> Int {
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low &+ high) &>> 1
      if times[middle] < time { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}
