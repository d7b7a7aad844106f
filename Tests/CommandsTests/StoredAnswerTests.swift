import Commands
import Testing

private let answers: [StoredAnswer] = [
  StoredAnswer(status: 204),
  StoredAnswer(status: 201, headers: [("Daybook-Position", "abc"), ("Daybook-Position", "abc")], body: [1, 2, 3]),
  StoredAnswer(status: 400, headers: [("X-Ünicode", "")], body: Array(repeating: 0, count: 5_000)),
]

@Test func aStoredAnswerComesBackAsItWas() {
  for answer in answers { #expect(StoredAnswer.decode(answer.encode()) == answer) }
}

@Test func aDamagedAnswerIsNone() {
  let bytes = answers[1].encode()
  for length in 0..<bytes.count { #expect(StoredAnswer.decode(bytes.prefix(length)) == nil) }
  #expect(StoredAnswer.decode(bytes + [0]) == nil)
  #expect(StoredAnswer.decode([2] + bytes.dropFirst()) == nil)
  for index in bytes.indices {
    var damaged = bytes
    damaged[index] = 0xFF
    _ = StoredAnswer.decode(damaged)
  }
}

@Test func theBytesOfAnAnswerStayAsTheyAre() {
  let answer = StoredAnswer(status: 201, headers: [("a", "b")], body: [7])
  let golden: [UInt8] = [1, 201, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 97, 1, 0, 0, 0, 98, 1, 0, 0, 0, 7]
  #expect(answer.encode() == golden)
}
