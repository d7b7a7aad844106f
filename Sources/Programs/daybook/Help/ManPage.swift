import Runtime

/// Man pages, made from the tables of the subcommands: one for `daybook`, one for each subcommand with all its verbs.
enum ManPage {
  /// `daybook-token` for `token`; `daybook` for nil.
  static func name(_ program: (any Subcommand.Type)?) -> String {
    program.map { "daybook-\($0.name)" } ?? "daybook"
  }

  static func text(_ program: (any Subcommand.Type)?) -> String {
    program.map(page) ?? mainPage
  }

  private static var mainPage: String {
    var page = head("daybook", "metrics, kept as an accountant keeps a daybook")
    page.request(".SH", "SYNOPSIS")
    page.line("\(Roff.bold("daybook")) \(Roff.italic("SUBCOMMAND")) [flags]")
    page.request(".br")
    page.line("\(Roff.bold("daybook")) \(Roff.bold("--version"))")
    page.request(".SH", "DESCRIPTION")
    page.prose(Daybook.description)
    page.request(".PP")
    page.prose(
      "Most flags have an environment variable beside them, DAYBOOK_HOME for --home; the page of a subcommand names it. "
        + "The flag wins.")
    page.request(".SH", "SUBCOMMANDS")
    table(&page, Daybook.subcommands.map { (Roff.bold($0.name), "\($0.summary) See daybook-\($0.name)(1).") })
    page.request(".SH", "EXIT STATUS")
    table(&page, HelpText.exitCodes(Daybook.subcommands).map { (Roff.bold($0.0), $0.1) })
    seeAlso(&page, Daybook.subcommands)
    return page.text
  }

  private static func page(_ program: any Subcommand.Type) -> String {
    var page = head(name(program), program.summary)
    page.request(".SH", "SYNOPSIS")
    for (index, line) in HelpText.usageLines(program, path: program.name).enumerated() {
      if index > 0 { page.request(".br") }
      page.line(Roff.escaped(line))
    }
    page.request(".SH", "DESCRIPTION")
    page.prose(program.discussion)
    body(&page, program)
    for entry in ProgramTree.entries(program, path: program.name).dropFirst() {
      page.request(".SH", "daybook \(entry.path)".uppercased())
      page.prose(entry.program.summary)
      page.request(".PP")
      page.prose(entry.program.discussion)
      body(&page, entry.program)
    }
    page.request(".SH", "EXIT STATUS")
    table(&page, program.exitCodes.map { (Roff.bold("\($0.0)"), $0.1) })
    seeAlso(&page, Daybook.subcommands.filter { $0.name != program.name }, isMain: false)
    return page.text
  }

  /// What differs between verbs, as subsections.
  private static func body(_ page: inout Roff, _ program: any Subcommand.Type) {
    if !program.arguments.isEmpty {
      page.request(".SS", "Arguments")
      table(&page, program.arguments.map { (Roff.italic($0.name), HelpText.meaning($0)) })
    }
    if program.verbs.isEmpty {
      page.request(".SS", "Flags")
      table(
        &page,
        HelpText.flags(program).map { option in
          (Roff.bold(option.flag) + (option.placeholder.map { " " + Roff.italic($0) } ?? ""), HelpText.meaning(option))
        })
    }
    let variables = HelpText.variables(program)
    if !variables.isEmpty {
      page.request(".SS", "Environment")
      table(&page, variables.map { (Roff.bold($0.0), $0.1) })
    }
    if !program.examples.isEmpty {
      page.request(".SS", "Examples")
      for (command, meaning) in program.examples {
        page.request(".PP")
        page.prose(meaning)
        page.literal(command)
      }
    }
  }

  private static func head(_ name: String, _ summary: String) -> Roff {
    var page = Roff()
    page.request(".TH", name.uppercased(), "1", "", "Daybook \(Daybook.version)", "Daybook")
    page.request(".SH", "NAME")
    page.line(
      "\(Roff.escaped(name)) \\- \(Roff.escaped(summary.hasSuffix(".") ? String(summary.dropLast()) : summary))")
    return page
  }

  /// Names, already formatted, and what they mean.
  private static func table(_ page: inout Roff, _ rows: [(String, String)]) {
    for (name, meaning) in rows {
      page.request(".TP")
      page.line(name)
      page.prose(meaning)
    }
  }

  private static func seeAlso(_ page: inout Roff, _ programs: [any Subcommand.Type], isMain: Bool = true) {
    page.request(".SH", "SEE ALSO")
    let names = (isMain ? [] : ["daybook"]) + programs.map { name($0) }
    page.line(names.map { Roff.bold($0) + "(1)" }.joined(separator: ",\n"))
  }
}
