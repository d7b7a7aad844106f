import Foundation
import HTTPClient
import Postgres
import PostgresCluster
import Runtime
import Testing

/// What pages in a real browser can do to a Daybook on the same machine that asks nobody for a token.
@Suite(.serialized) struct BrowserTests {
  /// Everything that a page can send without asking the user, to the services at arguments 0 and 1. Gives what it got to
  /// see of each answer.
  private static let attack = """
    const [command, query, done] = arguments;
    const seen = {};
    const attempt = async (name, url, init) => {
      try {
        const answer = await fetch(url, init);
        seen[name] = `${answer.type} ${answer.status} ${await answer.text().catch(() => '')}`.trim();
      } catch (error) { seen[name] = 'nothing'; }
    };
    const load = (name, element, attribute, url) => new Promise(resolve => {
      const node = document.createElement(element);
      node.onload = () => { seen[name] = 'loaded'; resolve(); };
      node.onerror = () => { seen[name] = 'nothing'; resolve(); };
      node[attribute] = url;
      document.body.append(node);
    });
    const form = (name, url, field) => new Promise(resolve => {
      const frame = document.createElement('iframe');
      frame.name = name;
      document.body.append(frame);
      const form = document.createElement('form');
      Object.assign(form, {method: 'POST', action: url, target: name, enctype: 'text/plain'});
      const input = document.createElement('input');
      input.name = field;
      input.value = '';
      form.append(input);
      document.body.append(form);
      frame.onload = () => {
        let text = 'nothing';
        try { text = frame.contentDocument ? frame.contentDocument.body.innerText || 'nothing' : 'nothing' } catch (e) {}
        seen[name] = text;
        resolve();
      };
      form.submit();
    });
    (async () => {
      const sample = '{"name":"evil","value":1}', line = 'evil value=1';
      const json = {'Content-Type': 'application/json'};
      await attempt('samples no-cors', command + '/v1/samples', {method: 'POST', mode: 'no-cors', body: sample});
      await attempt('samples cors', command + '/v1/samples', {method: 'POST', body: sample});
      await attempt('samples json', command + '/v1/samples', {method: 'POST', headers: json, body: sample});
      await attempt('samples credentials', command + '/v1/samples',
        {method: 'POST', mode: 'no-cors', credentials: 'include', body: sample});
      await attempt('samples quiet', command + '/v1/samples',
        {method: 'POST', mode: 'no-cors', referrerPolicy: 'no-referrer', body: sample});
      await attempt('write no-cors', command + '/write?db=x', {method: 'POST', mode: 'no-cors', body: line});
      await attempt('write cors', command + '/api/v2/write', {method: 'POST', body: line});
      await attempt('describe', command + '/v1/metrics/evil', {method: 'PUT', headers: json, body: '{"unit":"s"}'});
      navigator.sendBeacon(command + '/write', line);
      navigator.sendBeacon(command + '/write', new Blob([line], {type: 'text/plain'}));
      await form('form', command + '/write', line + '\\n#');
      await attempt('metrics no-cors', query + '/v1/metrics', {mode: 'no-cors'});
      await attempt('metrics cors', query + '/v1/metrics', {});
      await attempt('metrics header', query + '/v1/metrics', {headers: {Accept: 'text/csv', 'X-Other': '1'}});
      await attempt('status cors', query + '/v1/status', {});
      await attempt('counters cors', command + '/metrics', {});
      await load('image', 'img', 'src', query + '/v1/metrics');
      await load('script', 'script', 'src', query + '/v1/metrics');
      done(seen);
    })();
    """

  /// Answers of no content that a page may see: that there was none, or that it may not look into it.
  private static let harmless: Set<String> = ["nothing", "opaque 0"]

  @Test(.timeLimit(.minutes(5))) func pagesOfOtherOriginsCanNeitherPostNorReadAndOursCan() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let site = try ForeignSite()
    defer { site.stop() }
    let browser = try Browser()
    defer { browser.stop() }
    let (command, query) = ("http://\(daybook.command)", "http://\(daybook.query)")
    try post("own,place=here value=1", to: daybook)
    let before = try events(daybook)

    // Another site altogether; another port of this machine, which browsers call the same site; a name of the attacker's.
    for page in [
      "http://localhost:\(site.port)/", "http://127.0.0.1:\(site.port)/", "http://elsewhere.test:\(site.port)/",
    ] {
      let refusedBefore = try refused(daybook)
      try browser.open(page)
      let seen = try #require(try browser.runAsync(Self.attack, [command, query]) as? [String: String])
      #expect(seen.count == 16)
      for (name, text) in seen {
        #expect(Self.harmless.contains(text), "\(page) \(name)")
      }
      #expect(try events(daybook) == before, "\(page)")
      // It was the service that refused them, not the browser that kept them back.
      #expect(try refused(daybook) >= refusedBefore + 10, "\(page)")
    }

    // A name of the attacker's that leads here now: to the browser the service is of the page's own origin.
    for service in [daybook.command, daybook.query] {
      try browser.open("http://rebound.test:\(service.port)/v1/metrics")
      #expect(try browser.text().contains("foreign-host"))
      let seen = try #require(
        try browser.runAsync(
          Self.attack, ["http://rebound.test:\(daybook.command.port)", "http://rebound.test:\(daybook.query.port)"])
          as? [String: String])
      for (name, text) in seen { #expect(!text.contains(#""name":"own""#), "\(name): \(text)") }
      #expect(try events(daybook) == before)
    }

    // Pages that the services serve themselves.
    try browser.open("\(command)/livez")
    let posted = try browser.runAsync(
      """
      const done = arguments[arguments.length - 1];
      fetch('/write', {method: 'POST', body: 'own,place=page value=2'}).then(a => done(a.status), e => done(String(e)));
      """)
    #expect(posted as? Int == 204)
    #expect(try events(daybook) > before)
    try browser.open("\(query)/v1/metrics")
    let read = try browser.runAsync(
      """
      const done = arguments[arguments.length - 1];
      fetch('/v1/metrics').then(a => a.text()).then(done, e => done(String(e)));
      """)
    #expect((read as? String)?.contains(#""name":"own""#) == true)
    #expect((read as? String)?.contains("evil") == false)
  }

  private func post(_ line: String, to daybook: RunningDaybook) throws {
    let answer = try HTTPClient(daybook.command).send("POST", "/write", body: Array(line.utf8))
    #expect(answer.status == 204, "\(answer.text)")
  }

  /// All events of the store.
  private func events(_ daybook: RunningDaybook) throws -> Int64 {
    let address = try PostgresCluster.find(home: daybook.home).with(user: PostgresCluster.owner)
    return try PostgresConnection(address, application: "browser test")
      .query(sql: "SELECT sum(position)::bigint FROM daybook_events.shards").int64(0, 0)
  }

  /// Requests that both services refused for their host or origin.
  private func refused(_ daybook: RunningDaybook) throws -> Int {
    var sum = 0
    for address in [daybook.command, daybook.query] {
      let text = try HTTPClient(address).send("GET", "/metrics").text
      for line in text.split(separator: "\n")
      where line.hasPrefix("daybook_access_refused_total{reason=\"foreign-origin\"}") {
        sum += line.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0
      }
    }
    return sum
  }
}
