import Events

/// The parameter `mode` of requests that record samples: what a sample does to one that its series has at the same time.
enum SampleModeText {
  static func parse(_ text: String?) throws(RequestFault) -> SampleMode {
    switch text {
    case "observe": .observe
    case "replace": .replace
    default: throw RequestFault(400, "invalid-parameter", "mode must be observe or replace")
    }
  }
}
