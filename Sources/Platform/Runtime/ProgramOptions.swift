import Glibc

/// The settings of one start of a program: flags first, then the environment, then defaults.
package struct ProgramOptions: Sendable {
  /// Per flag what was given, in order; never empty.
  private var values: [String: [String]] = [:]
  /// The flags that stood on the command line.
  private var given: Set<String> = []
  /// What is no flag, in order.
  package private(set) var positional: [String] = []
  /// True when `--help` or `-h` stands anywhere.
  package private(set) var wantsHelp = false

  /// `--flag value`, `--flag=value`, and `--` before what is never a flag. An unknown flag is an error that names the
  /// nearest known one; so is a flag without its value, a value for a switch, and a value that is none of the option's
  /// choices. Of a flag that does not repeat the last one counts, so that scripts can put their own defaults first.
  /// - Parameters:
  ///   - passesOn: the program hands arguments to another one: from the first that is no flag of `options` all is
  ///     `positional`, untouched. A leading `--` is taken away. One letter beside a flag of `options` is taken for a slip.
  ///   - environment: the value of a variable; empty is as none. Switches take 1, true, yes and on, or 0, false, no, off.
  package init(
    _ arguments: [String], _ options: [ProgramOption], passesOn: Bool = false,
    environment: (String) -> String? = Self.processEnvironment
  ) throws(UsageError) {
    for option in options { try takeDefault(of: option, environment) }
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        positional += rest
        return
      }
      if argument == "--help" || argument == "-h" {
        wantsHelp = true
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let option = options.first { $0.flag == parts.first }
      if passesOn, option == nil {
        try Self.checkForSlip(parts[0], known: options.map(\.flag))
        positional = [argument] + rest
        return
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        positional.append(argument)
        continue
      }
      guard let option else {
        throw UsageError(Self.unknown("flag", parts[0], known: options.map(\.flag) + ["--help"]))
      }
      let value = try Self.value(of: option, parts, &rest, known: options)
      try Self.check(value, option, named: option.flag)
      values[option.flag] =
        (option.repeats && given.contains(option.flag) ? self.values[option.flag] ?? [] : []) + [value]
      given.insert(option.flag)
    }
  }

  /// The value of `flag`, or nil where none was given and there is no default. Of several the last.
  package subscript(_ flag: String) -> String? { values[flag]?.last }

  /// Every value of a flag that repeats, in the order given; the default alone where none was given.
  package func all(_ flag: String) -> [String] { values[flag] ?? [] }

  package func isSet(_ flag: String) -> Bool { values[flag]?.last == "true" }

  /// True when `flag` stood on the command line itself.
  package func isGiven(_ flag: String) -> Bool { given.contains(flag) }

  private mutating func takeDefault(
    of option: ProgramOption, _ environment: (String) -> String?
  ) throws(UsageError) {
    if let name = option.environment, let value = environment(name), !value.isEmpty {
      if option.placeholder == nil {
        values[option.flag] = [try Self.switchValue(value, of: name)]
      } else {
        try Self.check(value, option, named: name)
        values[option.flag] = [value]
      }
    } else if let value = option.defaultValue {
      values[option.flag] = [value]
    }
  }

  /// What `option`, met as `parts`, says; a value of its own word is taken from `rest`.
  private static func value(
    of option: ProgramOption, _ parts: [String], _ rest: inout ArraySlice<String>, known: [ProgramOption]
  ) throws(UsageError) -> String {
    guard let placeholder = option.placeholder else {
      if parts.count > 1 { throw UsageError("\(option.flag) takes no value") }
      return "true"
    }
    if parts.count > 1 { return parts[1] }
    // `--database --json` is a forgotten value; `--database=--json` says that it is meant.
    guard let value = rest.first, !known.contains(where: { $0.flag == value }) else {
      throw UsageError("\(option.flag) needs a value: \(option.flag) \(placeholder)")
    }
    rest.removeFirst()
    return value
  }

  private static func check(_ value: String, _ option: ProgramOption, named name: String) throws(UsageError) {
    guard !option.choices.isEmpty, !option.choices.contains(value) else { return }
    throw UsageError("\(name) must be one of \(option.choices.joined(separator: ", ")), and is '\(value)'")
  }

  private static func switchValue(_ text: String, of variable: String) throws(UsageError) -> String {
    switch text.lowercased() {
    case "1", "true", "yes", "on": return "true"
    case "0", "false", "no", "off": return "false"
    default: throw UsageError("\(variable) must be true or false, and is '\(text)'")
    }
  }

  /// The value of `flag` as a whole number within `range`.
  package func integer(_ flag: String, in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let text = self[flag] else { throw UsageError("\(flag) is missing") }
    guard let value = Int(text), range.contains(value) else {
      throw UsageError(
        "\(flag) must be a whole number from \(range.lowerBound) to \(range.upperBound), and is '\(text)'")
    }
    return value
  }

  /// Throws where the first word for another program is all but one of our own flags.
  private static func checkForSlip(_ word: String, known: [String]) throws(UsageError) {
    guard word.hasPrefix("--"), known.contains(where: { distance(word, $0) == 1 }) else { return }
    throw UsageError(unknown("flag", word, known: known))
  }

  /// An unknown word, with the nearest known one where one is near.
  package static func unknown(_ kind: String, _ word: String, known: [String]) -> String {
    let nearest = known.map { (distance(word, $0), $0) }.min { $0.0 < $1.0 }
    var text = "unknown \(kind) '\(word)'"
    if let nearest, nearest.0 <= max(2, word.count / 3) {
      text += ": did you mean '\(nearest.1)'?"
    } else {
      text += ": known are \(known.joined(separator: ", "))"
    }
    return text
  }

  /// Levenshtein's distance.
  static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b.utf8)
    var row = Array(0...b.count)
    for (i, x) in a.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (b[j] == x ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }

  /// The variable of this process's environment.
  package static func processEnvironment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
