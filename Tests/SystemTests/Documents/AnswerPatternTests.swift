import Testing

/// What the comparison of documents with answers lets pass, and what not.
struct AnswerPatternTests {
  @Test(arguments: [
    ("ok", "ok\n", true), ("ok", "okay", false), ("okay", "ok", false),
    ("took … s\ndone", "took 1.5 s\ndone\n", true), ("took … s", "took 1\n s", false),
    ("first\n…\nlast", "first\na\nb\nlast", true), ("first\n…\nlast", "first\na\nb", false),
    ("a.c", "abc", false), ("two words", "two  words", false),
  ])
  func linesMatchButForTheirEllipses(pattern: String, text: String, matches: Bool) {
    #expect((AnswerPattern(pattern, isJSON: false).difference(from: text) == nil) == matches)
  }

  @Test(arguments: [
    (#"{"a": 1, "b": [2,  3]}"#, #"{"a":1,"b":[2,3]}"#, true), (#"{"a": 1}"#, #"{"a":1,"b":2}"#, false),
    (#"{"token": "…"}"#, #"{"token":"x-1"}"#, true), (#"{"token": "…"}"#, #"{"token":"x","more":"y"}"#, false),
    (#"{"n": …, "m": 1}"#, #"{"n":12.5,"m":1}"#, true), (#"{"a": "x y"}"#, #"{"a":"xy"}"#, false),
    (#"{"a": "say \"x  y\"", "b": 1}"#, #"{"a":"say \"x  y\"","b":1}"#, true),
    (#"{"a": "say \"x y\"", "b": 1}"#, #"{"a":"say \"x  y\"","b":1}"#, false),
  ])
  func jsonMatchesButForWhiteSpaceAndEllipses(pattern: String, text: String, matches: Bool) {
    #expect((AnswerPattern(pattern, isJSON: true).difference(from: text) == nil) == matches)
  }

  @Test func aDifferenceSaysWhereTheTextsPart() throws {
    let difference = try #require(
      AnswerPattern(#"{"x": "…", "n": 1}"#, isJSON: true).difference(from: #"{"x":"q","n":2}"#))
    #expect(difference.contains("there is written: 1}"), "\(difference)")
    #expect(difference.contains("and there is: 2}"), "\(difference)")
  }

  @Test func aResponseIsComparedByStatusShownHeadersAndBody() {
    let shown = ResponseText("HTTP/1.1 200 OK\nX-A: …\n\n{\"a\": 1}")
    func differences(_ text: String) -> Int { shown.differences(from: ResponseText(text)).count }
    let json = "Content-Type: application/json\r\n"
    #expect(differences("HTTP/1.1 200 OK\r\nDate: x\r\n\(json)x-a: 1\r\n\r\n{\"a\":1}\n") == 0)
    #expect(differences("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\(json)x-a: 1\r\n\r\n{\"a\":1}\n") == 0)
    #expect(differences("HTTP/1.1 200 OK\r\n\(json)\r\n{\"a\":1}\n") == 1)
    #expect(differences("HTTP/1.1 201 Created\r\n\(json)x-a: 1\r\n\r\n{\"a\":2}\n") == 2)
    #expect(differences("HTTP/1.1 200 OK\r\n\(json)x-a: 1\r\n\r\n") == 1)
  }

  @Test func aBlockAfterACommandIsItsAnswer() {
    let document = """
      # One
      ```sh
      curl -i x
      ```
      then
      ```http
      HTTP/1.1 200 OK
      ```
      ```json
      {"not": "an answer"}
      ```
      ## Two
      ```sh
      a
      ```
      ```sh
      b
      ```
      ```
      c
      ```
      """
    let examples = MarkdownExample.all(in: document)
    #expect(examples.map(\.script) == ["curl -i x", "a", "b"])
    #expect(examples.map(\.heading) == ["One", "Two", "Two"])
    #expect(examples.map(\.line) == [3, 14, 17])
    #expect(examples[0].answer?.form == .response && examples[0].answer?.text == "HTTP/1.1 200 OK")
    #expect(examples[1].answer == nil)
    #expect(examples[2].answer?.form == .output && examples[2].answer?.text == "c")
  }
}
