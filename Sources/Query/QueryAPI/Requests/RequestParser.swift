import Events
package import Queries

/// From the parameters of a route to a request. Pure; every refusal names the parameter and what it takes.
package struct RequestParser: Sendable {
  package let limits: QueryLimits

  package init(limits: QueryLimits) {
    self.limits = limits
  }

  package func timeline(_ raw: [(name: String, value: String)]) throws(QueryError) -> QueryRequest<TimelineRequest> {
    let items = try QueryItems(
      raw, known: ["name", "from", "to", "step", "tz", "aggregate", "by", "precision", "wait"],
      repeatable: [QueryItems.labelName, "after"])
    let precision = try TimePrecision.parse(items.value("precision"))
    var request = TimelineRequest(selector: try selector(items))
    (request.from, request.to) = try range(items, precision)
    if let step = items.value("step") { request.step = try QueryStep.parse(step) }
    request.zone = try zone(items, request.step)
    if let list = items.value("aggregate") { request.aggregates = try AggregateKind.parseList(list) }
    request.grouping = try grouping(items.value("by"))
    return try whole(request, items, precision)
  }

  package func samples(_ raw: [(name: String, value: String)]) throws(QueryError) -> QueryRequest<SamplesRequest> {
    let items = try QueryItems(
      raw, known: ["name", "from", "to", "precision", "wait"] + PageText.names,
      repeatable: [QueryItems.labelName, "after"])
    let precision = try TimePrecision.parse(items.value("precision"))
    var request = SamplesRequest(selector: try selector(items))
    (request.from, request.to) = try range(items, precision)
    request.page = try PageText.parse(
      items, most: limits.samplesLimit,
      query: QueryFingerprint.of("samples", request.selector, from: request.from, to: request.to))
    return try whole(request, items, precision)
  }

  package func series(_ raw: [(name: String, value: String)]) throws(QueryError) -> QueryRequest<SeriesRequest> {
    try listing(raw, "series")
  }

  package func latest(_ raw: [(name: String, value: String)]) throws(QueryError) -> QueryRequest<SeriesRequest> {
    try listing(raw, "latest")
  }

  private func listing(
    _ raw: [(name: String, value: String)], _ path: String
  ) throws(QueryError) -> QueryRequest<SeriesRequest> {
    let items = try QueryItems(
      raw, known: ["name", "precision", "wait"] + PageText.names, repeatable: [QueryItems.labelName, "after"])
    var request = SeriesRequest(try selector(items))
    request.page = try PageText.parse(
      items, most: limits.seriesLimit, query: QueryFingerprint.of(path, request.selector))
    return try whole(request, items, try TimePrecision.parse(items.value("precision")))
  }

  package func metrics(_ raw: [(name: String, value: String)]) throws(QueryError) -> QueryRequest<MetricsQuery> {
    let items = try QueryItems(raw, known: ["precision", "wait"] + PageText.names, repeatable: ["after"])
    let page = try PageText.parse(items, most: limits.metricsPerPageLimit, query: QueryFingerprint.of("metrics"))
    return try whole(MetricsQuery(page: page), items, try TimePrecision.parse(items.value("precision")))
  }

  private func whole<Question>(
    _ question: Question, _ items: QueryItems, _ precision: TimePrecision
  ) throws(QueryError) -> QueryRequest<Question> {
    QueryRequest(question: question, after: try AfterText.parse(items, limits), precision: precision)
  }

  /// For a path that takes no parameters.
  package func nothing(_ raw: [(name: String, value: String)]) throws(QueryError) {
    _ = try QueryItems(raw, known: [])
  }

  private func selector(_ items: QueryItems) throws(QueryError) -> SeriesSelector {
    let name = try items.required("name", "METRIC")
    let labels = items.labels.map { SeriesLabel(key: $0.key, value: $0.value) }
    // A zero byte is in no name or value, and Postgres takes none in a text.
    guard !name.utf8.contains(0), labels.allSatisfy({ !$0.key.utf8.contains(0) && !$0.value.utf8.contains(0) }) else {
      throw .invalid(.invalidParameter, "names and label values have no zero byte")
    }
    return SeriesSelector(
      name: name, labels: labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
  }

  private func range(_ items: QueryItems, _ precision: TimePrecision) throws(QueryError) -> (Int64?, Int64?) {
    let from: Int64? = if let text = items.value("from") { try TimeText.parse(text, "from", precision) } else { nil }
    let to: Int64? = if let text = items.value("to") { try TimeText.parse(text, "to", precision) } else { nil }
    if let from, let to, from > to {
      throw .invalid(.invalidRange, "from lies after to: give from before to, which is exclusive")
    }
    return (from, to)
  }

  private func zone(_ items: QueryItems, _ step: QueryStep) throws(QueryError) -> ZoneName? {
    guard let text = items.value("tz") else { return nil }
    let zone = try ZoneName(parsing: text)
    guard step == .day else {
      throw .invalid(.invalidStep, "tz goes with step=day only: give step=day, or leave out tz")
    }
    return zone
  }

  private func grouping(_ text: String?) throws(QueryError) -> Grouping {
    guard let text else { return .eachSeries }
    if text.isEmpty { return .byLabels([]) }
    let keys = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard keys.allSatisfy({ !$0.isEmpty }) else {
      throw .invalid(
        .invalidParameter, "by=\"\(text.prefix(100))\" has an empty label: give by=LABEL, or by= for one line")
    }
    return .byLabels(keys)
  }
}
