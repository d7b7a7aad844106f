/// The SQL of one of the tables `hours`, `minutes` and `days`, which differ in the name of their bucket only.
struct BucketStatements {
  /// With its schema.
  let table: String
  /// `hour`, `minute` or `day`.
  let bucket: String
  let hasSamples: Bool
  /// Parameters: the columns of `BucketColumns`, in order.
  let insert: String
  let update: String
  /// $1 bigint[] series, $2 int[] buckets.
  let delete: String
  /// $1 bigint[] series, $2 int[] buckets: place from 1, bucket, aggregate columns, samples where the table has them.
  let select: String

  static let aggregateColumns = ["stored", "n", "sum", "min", "max", "first", "first_at", "last", "last_at"]
  private static let aggregateTypes = [
    "bigint", "bigint", "double precision", "double precision", "double precision", "double precision", "bigint",
    "double precision", "bigint",
  ]

  init(table: String, bucket: String, hasSamples: Bool) {
    self.table = table
    self.bucket = bucket
    self.hasSamples = hasSamples
    let content = Self.aggregateColumns + (hasSamples ? ["samples"] : [])
    let columns = ["series", bucket] + content
    let types = ["bigint", "int"] + Self.aggregateTypes + (hasSamples ? ["bytea"] : [])
    let arrays = types.enumerated().map { "$\($0.offset + 1)::\($0.element)[]" }.joined(separator: ", ")
    let names = columns.joined(separator: ", ")
    insert = "INSERT INTO \(table) (\(names)) SELECT * FROM unnest(\(arrays))"
    update = """
      UPDATE \(table) b SET \(content.map { "\($0) = k.\($0)" }.joined(separator: ", "))
      FROM unnest(\(arrays)) AS k (\(names))
      WHERE b.series = k.series AND b.\(bucket) = k.\(bucket)
      """
    delete = """
      DELETE FROM \(table) b USING unnest($1::bigint[], $2::int[]) AS k (series, \(bucket))
      WHERE b.series = k.series AND b.\(bucket) = k.\(bucket)
      """
    select = """
      SELECT k.place, b.\(bucket), \(content.map { "b.\($0)" }.joined(separator: ", "))
      FROM unnest($1::bigint[], $2::int[]) WITH ORDINALITY AS k (series, \(bucket), place)
      JOIN \(table) b ON b.series = k.series AND b.\(bucket) = k.\(bucket)
      """
  }
}
