/// From narrower buckets to a wider one.
package enum BucketFold {
  /// The row of a bucket, given the rows of all its parts by rising time. Nil when there are none.
  package static func row(bucket: Int32, of parts: some Sequence<BucketRow>) -> BucketRow? {
    var stored: Int64 = 0
    var aggregate = Aggregate.empty
    for part in parts {
      stored += part.stored
      aggregate.append(part.aggregate)
    }
    return stored == 0 ? nil : BucketRow(bucket: bucket, stored: stored, aggregate: aggregate)
  }
}
