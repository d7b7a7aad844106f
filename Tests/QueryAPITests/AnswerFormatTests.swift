import QueryAPI
import Testing

@Suite struct AnswerFormatTests {
  @Test(arguments: [
    nil, "", "*/*", "application/json", "application/*", "text/html, */*;q=0.1", "text/csv;q=0.5, application/json",
    "text/csv;q=0.5, */*", "text/csv;q=0, */*", "text/*;q=0.3, application/json;q=0.300",
    "TEXT/CSV;q=0.9,Application/JSON",
    "text/csv, application/json", "nonsense", "text/csv;q=2, application/json;q=0.1", " application/json ; q=1.000 ",
    "application/json;profile=\"text/csv,text/csv\"", "*/*;q=0.1, text/csv;q=0.05",
  ])
  func jsonIsWhatWhoDoesNotCareGets(_ accept: String?) {
    #expect(AnswerFormat.preferred(accept) == .json)
  }

  @Test(arguments: [
    "text/csv", "text/*", "TEXT/CSV", "text/csv; charset=utf-8", "text/csv;header=present;q=0.2", "text/csv, */*;q=0.9",
    "application/json;q=0.8, text/csv;q=0.81", "application/json;q=0, */*", "*/*;q=0.5, text/csv",
    "text/html,application/xml;q=0.9,text/csv", "text/csv;a=\"b,c;q=0\"", "application/json;q=0.1,text/csv;Q=0.2",
  ])
  func csvIsForWhoLikesItBetter(_ accept: String) {
    #expect(AnswerFormat.preferred(accept) == .csv)
  }

  @Test(arguments: [
    "text/html", "application/xml, image/*", "text/csv;q=0", "*/*;q=0", "text/csv;q=0, application/json;q=0.000",
    "application/json;q=0, text/html",
  ])
  func whoTakesNoneGetsNone(_ accept: String) {
    #expect(AnswerFormat.preferred(accept) == nil)
  }

  @Test func onlyWhatIsOfferedIsChosen() {
    #expect(AnswerFormat.preferred("text/csv, */*;q=0.1", of: [.json]) == .json)
    #expect(AnswerFormat.preferred("text/csv", of: [.json]) == nil)
  }

  /// What is no quality makes its range no range; the others count.
  @Test(arguments: ["1.5", "1.001", "0.1234", "", "x", "-1", ".5", "01"])
  func aMalformedQualityIsPassedOver(_ quality: String) {
    #expect(AnswerFormat.preferred("text/csv;q=\(quality)") == .json)
    #expect(AnswerFormat.preferred("text/csv;q=\(quality), application/json;q=0") != .json)
  }
}
