import Glibc

/// One setting of a program: a flag, perhaps with an environment variable beside it (the flag wins).
package struct ProgramOption: Sendable {
  /// With its dashes: `--database`.
  package let flag: String
  /// What stands for the value in help, `URL`; nil for a switch, which takes none.
  package let placeholder: String?
  package let environment: String?
  package let defaultValue: String?
  package let help: String

  package init(
    _ flag: String, _ placeholder: String? = nil, environment: String? = nil, default defaultValue: String? = nil,
    _ help: String
  ) {
    self.flag = flag
    self.placeholder = placeholder
    self.environment = environment
    self.defaultValue = defaultValue
    self.help = help
  }
}

/// A command line that cannot be understood. The text says what is wrong and what would be right.
package struct UsageError: Error, CustomStringConvertible, Equatable {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// The settings of one start of a program: flags first, then the environment, then defaults.
package struct ProgramOptions: Sendable {
  private var values: [String: String] = [:]
  /// What is no flag, in order.
  package private(set) var positional: [String] = []
  /// True when `--help` or `-h` stands anywhere.
  package private(set) var wantsHelp = false

  /// `--flag value`, `--flag=value`, and `--` before what is never a flag. An unknown flag is an error that names the
  /// nearest known one; so is a flag without its value, and a value for a switch.
  package init(
    _ arguments: [String], _ options: [ProgramOption], environment: (String) -> String? = Self.processEnvironment
  ) throws(UsageError) {
    for option in options {
      if let name = option.environment, let value = environment(name), !value.isEmpty {
        values[option.flag] = value
      } else if let value = option.defaultValue {
        values[option.flag] = value
      }
    }
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
      guard argument.hasPrefix("-"), argument != "-" else {
        positional.append(argument)
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = options.first(where: { $0.flag == parts[0] }) else {
        throw UsageError(Self.unknown("flag", parts[0], known: options.map(\.flag) + ["--help"]))
      }
      if option.placeholder == nil {
        if parts.count > 1 { throw UsageError("\(option.flag) takes no value") }
        values[option.flag] = "true"
      } else if parts.count > 1 {
        values[option.flag] = parts[1]
      } else if let value = rest.popFirst() {
        values[option.flag] = value
      } else {
        throw UsageError("\(option.flag) needs a value: \(option.flag) \(option.placeholder ?? "")")
      }
    }
  }

  /// The value of `flag`, or nil where none was given and there is no default.
  package subscript(_ flag: String) -> String? { values[flag] }

  package func isSet(_ flag: String) -> Bool { values[flag] == "true" }

  /// The value of `flag` as a whole number within `range`.
  package func integer(_ flag: String, in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let text = values[flag] else { throw UsageError("\(flag) is missing") }
    guard let value = Int(text), range.contains(value) else {
      throw UsageError(
        "\(flag) must be a whole number from \(range.lowerBound) to \(range.upperBound), and is '\(text)'")
    }
    return value
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

  /// The options as a table for `--help`.
  package static func help(_ options: [ProgramOption]) -> String {
    let left = options.map { option in option.placeholder.map { "\(option.flag) \($0)" } ?? option.flag }
    let width = min(34, (left.map(\.count).max() ?? 0) + 2)
    var text = ""
    for (option, name) in zip(options, left) {
      var notes: [String] = []
      if let environment = option.environment { notes.append(environment) }
      if let value = option.defaultValue { notes.append("default \(value)") }
      let suffix = notes.isEmpty ? "" : " [\(notes.joined(separator: "; "))]"
      let lines = wrap(option.help + suffix, width: 100 - width)
      text += "  " + name + String(repeating: " ", count: max(1, width - name.count)) + (lines.first ?? "") + "\n"
      for line in lines.dropFirst() { text += String(repeating: " ", count: width + 2) + line + "\n" }
    }
    return text
  }

  private static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty && line.count + word.count + 1 > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}
