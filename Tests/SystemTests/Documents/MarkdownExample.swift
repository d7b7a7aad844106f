import Foundation

/// A command that a document shows, with the answer that it shows for it.
struct MarkdownExample {
  /// How the answer is compared.
  enum Form: Equatable {
    /// Status line, headers, empty line, body: what `curl -i` prints.
    case response
    /// What the command prints.
    case output
  }

  /// The document's line at which the command begins, from 1.
  let line: Int
  /// The heading above it.
  let heading: String
  let script: String
  var answer: (form: Form, text: String)?

  /// Blocks fenced as `sh` are commands; a block fenced otherwise that is the next one after a command is its answer:
  /// `http` for a whole response, anything else for what the command prints. Other blocks are no examples.
  static func all(in document: String) -> [MarkdownExample] {
    var examples: [MarkdownExample] = []
    var heading = ""
    var fence: (language: String, line: Int, text: [Substring])?
    var expectsAnswer = false
    for (index, line) in document.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let open = fence {
        guard line == "```" else {
          fence?.text.append(line)
          continue
        }
        let text = open.text.joined(separator: "\n")
        if open.language == "sh" {
          examples.append(MarkdownExample(line: open.line, heading: heading, script: text))
        } else if expectsAnswer {
          examples[examples.count - 1].answer = (open.language == "http" ? .response : .output, text)
        }
        expectsAnswer = open.language == "sh"
        fence = nil
      } else if line.hasPrefix("```") {
        fence = (String(line.dropFirst(3)), index + 2, [])
      } else if line.hasPrefix("#") {
        heading = String(line.drop { $0 == "#" || $0 == " " })
      }
    }
    return examples
  }
}
