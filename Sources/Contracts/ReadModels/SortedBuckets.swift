/// Searching rising lists of bucket numbers.
enum SortedBuckets {
  static func contains(_ sorted: [Int32], _ bucket: Int32) -> Bool {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < bucket { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low] == bucket
  }

  /// Both, rising, each bucket once.
  static func union(_ left: [Int32], _ right: some Sequence<Int32>) -> [Int32] {
    if left.isEmpty { return Array(right) }
    var result: [Int32] = []
    var index = 0
    for bucket in right {
      while index < left.count, left[index] < bucket {
        result.append(left[index])
        index += 1
      }
      if index < left.count, left[index] == bucket { index += 1 }
      result.append(bucket)
    }
    result.append(contentsOf: left[index...])
    return result
  }
}
