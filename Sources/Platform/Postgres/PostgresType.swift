/// Type numbers of Postgres' catalogue (`pg_type.oid`): the same in every installation.
enum PostgresType {
  static let bool: UInt32 = 16
  static let bytea: UInt32 = 17
  static let name: UInt32 = 19
  static let int64: UInt32 = 20
  static let int16: UInt32 = 21
  static let int32: UInt32 = 23
  static let text: UInt32 = 25
  static let oid: UInt32 = 26
  static let float: UInt32 = 700
  static let double: UInt32 = 701
  static let varchar: UInt32 = 1043
  static let uuid: UInt32 = 2950
  static let xid8: UInt32 = 5069

  static let boolArray: UInt32 = 1000
  static let byteaArray: UInt32 = 1001
  static let int16Array: UInt32 = 1005
  static let int32Array: UInt32 = 1007
  static let textArray: UInt32 = 1009
  static let int64Array: UInt32 = 1016
  static let doubleArray: UInt32 = 1022
  static let uuidArray: UInt32 = 2951

  /// Left to the server to infer from the statement.
  static let unknown: UInt32 = 0
}
