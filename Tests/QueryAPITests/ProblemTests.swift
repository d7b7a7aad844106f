import Queries
import QueryAPI
import Testing

@Suite struct ProblemTests {
  @Test func aProblemHasAStableCode() {
    let problem = Problem(.invalid(.invalidStep, "a \"step\""))
    let body = String(decoding: problem.body, as: UTF8.self)
    #expect(
      body == """
        {"type":"about:blank","title":"Bad Request","status":400,"code":"invalid-step","detail":"a \\"step\\""}

        """)
  }

  @Test func eachErrorHasItsStatus() {
    #expect(Problem(.limit(.tooManySeries, "")).status == 400)
    #expect(Problem(.timeLimit(.seconds(10))).status == 504)
    #expect(Problem(.notReached("", reached: "t")).status == 504)
    #expect(Problem(.overloaded("")).status == 503)
    #expect(Problem(.overloaded("")).retryAfterSeconds == 1)
    #expect(Problem(.unavailable(.noReadModel, "")).status == 503)
    #expect(Problem(.broken("")).status == 500)
  }

  @Test func howFarItIsStandsInTheAnswer() {
    let body = String(decoding: Problem(.notReached("", reached: "TOKEN")).body, as: UTF8.self)
    #expect(body.contains("\"position\":\"TOKEN\""))
  }
}
