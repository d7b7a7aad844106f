// swift-tools-version: 6.2
import PackageDescription

// A folder is a side. What a side may import stands in `allowed`, and the manifest refuses to evaluate when a target
// declares an edge that the table does not have. docs/ARCHITECTURE.md explains the sides.

enum Side: String {
  case contracts = "Sources/Contracts"
  case platform = "Sources/Platform"
  case log = "Sources/Log"
  case write = "Sources/Write"
  case relay = "Sources/Relay"
  case project = "Sources/Project"
  case query = "Sources/Query"
  case projections = "Projections"
  case migrations = "Migrations"
  case programs = "Sources/Programs"
}

let allowed: [Side: [Side]] = [
  .contracts: [.contracts],
  .platform: [.platform],
  .log: [.platform, .contracts, .log],
  .write: [.platform, .contracts, .log, .write],
  .relay: [.platform, .contracts, .log, .relay],
  .project: [.platform, .contracts, .log, .project],
  .query: [.platform, .contracts, .log, .query],
  .projections: [.contracts, .project],
  .migrations: [],
  .programs: [.platform, .contracts, .log, .write, .relay, .project, .query, .projections, .migrations, .programs],
]

/// Edges narrower than a side: a projection sees of Project only the kit.
let only: [Side: [Side: [String]]] = [
  .projections: [.project: ["ProjectionKit"]]
]

/// Modules that a side does not see though it sees their side: writing, reading the log and querying know no Kafka.
let never: [Side: [String]] = [
  .log: ["Kafka", "CKafka"], .write: ["Kafka", "CKafka"], .query: ["Kafka", "CKafka"],
]

var sideOf: [String: Side] = [:]
var targets: [Target] = []

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

func path(_ side: Side, _ name: String) -> String { "\(side.rawValue)/\(name)" }

/// A Swift module of a side. `uses` are modules of ours that were declared before it: no cycle can be written down.
@MainActor
func module(
  _ side: Side, _ name: String, folder: String? = nil, uses: [String] = [], embed: String? = nil,
  executable: Bool = false
) {
  for use in uses {
    guard let other = sideOf[use] else { preconditionFailure("\(name) uses \(use), which is not declared above it") }
    precondition(
      allowed[side]!.contains(other),
      "\(name) (\(side.rawValue)) may not use \(use) (\(other.rawValue)): see the table of sides in Package.swift")
    precondition(!(never[side] ?? []).contains(use), "\(name) (\(side.rawValue)) may not use \(use)")
    if let narrowed = only[side]?[other] {
      precondition(narrowed.contains(use), "\(name) (\(side.rawValue)) may use only \(narrowed) of \(other.rawValue)")
    }
  }
  sideOf[name] = side
  let dependencies = uses.map { Target.Dependency.target(name: $0) }
  let resources: [Resource]? = embed.map { [.embedInCode($0)] }
  if executable {
    targets.append(
      .executableTarget(
        name: name, dependencies: dependencies, path: path(side, folder ?? name), resources: resources,
        swiftSettings: swiftSettings))
  } else {
    targets.append(
      .target(
        name: name, dependencies: dependencies, path: path(side, folder ?? name), resources: resources,
        swiftSettings: swiftSettings))
  }
}

/// A C library of Debian's, seen through a module map.
@MainActor
func library(_ name: String, pkgConfig: String) {
  sideOf[name] = .platform
  targets.append(.systemLibrary(name: name, path: path(.platform, name), pkgConfig: pkgConfig))
}

/// C or C++ of ours: a shim that makes something visible to Swift.
@MainActor
func shim(_ name: String, links: [String] = []) {
  sideOf[name] = .platform
  targets.append(
    .target(name: name, path: path(.platform, name), linkerSettings: links.map { .linkedLibrary($0) }))
}

@MainActor
func tests(_ name: String, uses: [String], exclude: [String] = []) {
  targets.append(
    .testTarget(
      name: name, dependencies: uses.map { .target(name: $0) }, path: "Tests/\(name)", exclude: exclude,
      swiftSettings: swiftSettings))
}

// Platform: knows nothing of metrics.
library("CPostgres", pkgConfig: "libpq")
library("CMicroHTTP", pkgConfig: "libmicrohttpd")
library("CZstd", pkgConfig: "libzstd")
library("CZlib", pkgConfig: "zlib")
library("CXXHash", pkgConfig: "libxxhash")
library("CCrypto", pkgConfig: "libcrypto")
library("CTLS", pkgConfig: "libssl")
library("CKafka", pkgConfig: "rdkafka")
shim("CLinux")
shim("CSimdjson", links: ["simdjson"])
module(.platform, "Runtime", uses: ["CLinux"])
module(.platform, "Hashing", uses: ["CXXHash", "CCrypto"])
module(.platform, "Compression", uses: ["CZstd", "CZlib"])
module(.platform, "JSON", uses: ["CSimdjson"])
module(.platform, "Postgres", uses: ["CPostgres", "CLinux", "Runtime", "Hashing"])
module(.platform, "PostgresCluster", uses: ["CLinux", "Runtime", "Hashing", "Postgres"])
module(.platform, "HTTPServer", uses: ["CMicroHTTP", "CLinux", "Runtime"])
module(.platform, "HTTPClient", uses: ["CTLS", "CLinux", "Runtime"])
module(.platform, "Kafka", uses: ["CKafka", "Runtime"])
module(.platform, "Access", uses: ["Runtime", "Hashing", "HTTPServer"])
module(.platform, "Probes", uses: ["Runtime", "HTTPServer"])

// Contracts: pure values.
module(.contracts, "ColumnCodec")
module(.contracts, "Events", uses: ["ColumnCodec"])
module(.contracts, "ReadModels", uses: ["ColumnCodec", "Events"])

// Log: reads committed events.
module(.log, "EventFeed", uses: ["Runtime", "Postgres", "Hashing", "Compression", "ColumnCodec", "Events"])
module(.log, "EventTopic", uses: ["Runtime", "Hashing", "ColumnCodec", "Events"])

// Write: from a request to committed events.
module(.write, "Commands", uses: ["Runtime", "Hashing", "Events"])
module(.write, "LineProtocol", uses: ["Runtime", "Hashing", "ColumnCodec", "Events", "Commands"])
module(.write, "SamplesJSON", uses: ["JSON", "Runtime", "Hashing", "ColumnCodec", "Events", "Commands"])
module(.write, "DescriptionJSON", uses: ["JSON", "Events"])
module(
  .write, "EventStore",
  uses: ["Runtime", "Postgres", "Hashing", "Compression", "ColumnCodec", "Events", "Commands"])
module(
  .write, "CommandAPI",
  uses: [
    "Runtime", "HTTPServer", "Access", "Probes", "Compression", "Events", "Commands", "LineProtocol", "SamplesJSON",
    "DescriptionJSON", "EventStore",
  ])

// Relay: from committed events to Kafka.
module(
  .relay, "EventRelay", uses: ["Runtime", "Probes", "Postgres", "Kafka", "Events", "EventFeed", "EventTopic"])

// Project: from events to read models.
module(.project, "ProjectionKit", uses: ["Events"])
module(.project, "ReadStore", uses: ["Runtime", "Postgres", "Events", "ProjectionKit"])
module(
  .project, "KafkaFeed",
  uses: ["Runtime", "Kafka", "Events", "EventFeed", "EventTopic", "ReadStore"])
module(
  .project, "ProjectionEngine",
  uses: ["Runtime", "Probes", "Postgres", "Events", "EventFeed", "ProjectionKit", "ReadStore"])

// Projections: one target each.
module(.projections, "Timeline", uses: ["Events", "ReadModels", "ProjectionKit"], embed: "schema.sql")
module(.projections, "Catalogue", uses: ["Events", "ReadModels", "ProjectionKit"], embed: "schema.sql")

// Query: from read models to answers.
module(
  .query, "Queries",
  uses: ["Runtime", "Hashing", "Postgres", "ColumnCodec", "Events", "ReadModels", "EventFeed"])
module(
  .query, "QueryAPI",
  uses: ["Runtime", "HTTPServer", "Access", "Probes", "Postgres", "Events", "ReadModels", "EventFeed", "Queries"])

// Migrations: SQL, embedded in the binary.
module(.migrations, "EventStoreMigrations", folder: "event_store", embed: "sql")
module(.migrations, "ReadStoreMigrations", folder: "read_store", embed: "sql")

// Programs: the only place where sides meet.
module(
  .programs, "Sending",
  uses: [
    "Runtime", "Hashing", "Compression", "JSON", "HTTPClient", "Events", "Commands", "LineProtocol", "SamplesJSON",
  ])
module(
  .programs, "Benchmark",
  uses: ["Runtime", "Postgres", "PostgresCluster", "Kafka", "HTTPClient", "Events", "Commands", "EventStore"])
module(
  .programs, "daybook",
  uses: [
    "Runtime", "JSON", "Postgres", "PostgresCluster", "HTTPServer", "HTTPClient", "Kafka", "Access", "Probes", "Events",
    "EventFeed", "EventStore", "CommandAPI", "EventRelay", "ProjectionKit", "ReadStore", "KafkaFeed",
    "ProjectionEngine", "Timeline", "Catalogue", "QueryAPI", "Sending", "Benchmark", "EventStoreMigrations",
    "ReadStoreMigrations",
  ],
  executable: true)

// Tests: what they share is a module of its own; see Tests/TestSupport.
targets.append(
  .target(
    name: "TestSupport",
    dependencies: [
      "CLinux", "Runtime", "Hashing", "Postgres", "PostgresCluster", "ColumnCodec", "Events", "EventStoreMigrations",
      "ReadStoreMigrations",
    ], path: "Tests/TestSupport", swiftSettings: swiftSettings))

tests("PostgresTests", uses: ["Runtime", "Postgres", "PostgresCluster", "TestSupport"])
tests("PostgresClusterTests", uses: ["CLinux", "Runtime", "Postgres", "PostgresCluster", "TestSupport"])
tests("ReadModelsTests", uses: ["ColumnCodec", "Events", "ReadModels", "TestSupport"])
tests(
  "TimelineTests",
  uses: ["Postgres", "ColumnCodec", "Events", "ReadModels", "ProjectionKit", "ReadStore", "Timeline", "TestSupport"],
  exclude: ["Golden"])

tests("ColumnCodecTests", uses: ["ColumnCodec", "TestSupport"])
tests("EventsTests", uses: ["ColumnCodec", "Events", "Hashing", "TestSupport"])
tests("HTTPClientTests", uses: ["Runtime", "HTTPServer", "HTTPClient", "TestSupport"])
tests("ArchitectureTests", uses: ["Postgres", "TestSupport"])
tests(
  "SystemTests",
  uses: [
    "daybook", "CLinux", "Runtime", "HTTPClient", "HTTPServer", "JSON", "Postgres", "PostgresCluster", "Compression",
    "Hashing", "ColumnCodec", "Events", "EventFeed", "Kafka", "KafkaTestSupport", "TestSupport",
  ],
  exclude: ["Data", "Kafka/broker_settings.py"])

tests(
  "EventFeedTests", uses: ["Runtime", "Hashing", "Postgres", "ColumnCodec", "Events", "EventFeed", "TestSupport"])
// What tests over Kafka share: brokers, and messages that no relay sends.
targets.append(
  .target(
    name: "KafkaTestSupport",
    dependencies: [
      "CKafka", "Runtime", "Hashing", "HTTPClient", "Kafka", "ColumnCodec", "Events", "EventTopic", "TestSupport",
    ], path: "Tests/KafkaTestSupport", swiftSettings: swiftSettings))
tests(
  "EventTopicTests", uses: ["Hashing", "ColumnCodec", "Events", "EventTopic", "TestSupport"])
tests(
  "EventRelayTests",
  uses: [
    "Runtime", "Probes", "Postgres", "Kafka", "Events", "EventFeed", "EventTopic", "EventRelay", "KafkaTestSupport",
    "TestSupport",
  ])
tests(
  "KafkaFeedTests",
  uses: [
    "Runtime", "Kafka", "Events", "EventFeed", "EventTopic", "EventRelay", "ReadStore", "KafkaFeed", "KafkaTestSupport",
    "TestSupport",
  ])
tests("ReadStoreTests", uses: ["Runtime", "Postgres", "Events", "ProjectionKit", "ReadStore", "TestSupport"])
tests(
  "ProjectionEngineTests",
  uses: [
    "Runtime", "HTTPServer", "Probes", "Postgres", "PostgresCluster", "Events", "EventFeed", "ProjectionKit",
    "ReadStore", "ProjectionEngine", "EventStoreMigrations", "ReadStoreMigrations", "TestSupport",
  ])
tests(
  "CatalogueTests",
  uses: ["Runtime", "Postgres", "Events", "ProjectionKit", "ReadStore", "Catalogue", "TestSupport"],
  exclude: ["Golden"])
// Everything between a command and its rows, for the tests of queries.
targets.append(
  .target(
    name: "QueryTestSupport",
    dependencies: [
      "Runtime", "Hashing", "Postgres", "Events", "ReadModels", "Commands", "EventStore", "ProjectionKit",
      "ProjectionEngine", "Timeline", "Catalogue", "TestSupport",
    ], path: "Tests/QueryTestSupport", swiftSettings: swiftSettings))
tests(
  "ViewsTests",
  uses: [
    "Runtime", "Postgres", "Events", "ProjectionKit", "ReadStore", "Timeline", "Catalogue", "ReadStoreMigrations",
    "QueryTestSupport", "TestSupport",
  ])
tests(
  "QueriesTests",
  uses: ["Runtime", "Postgres", "Events", "ReadModels", "Queries", "QueryTestSupport", "TestSupport"])
tests(
  "QueryAPITests",
  uses: [
    "Runtime", "HTTPServer", "HTTPClient", "Probes", "JSON", "Postgres", "Events", "Queries", "QueryAPI",
    "QueryTestSupport", "TestSupport",
  ])

targets.append(
  .target(
    name: "WriteTestSupport", dependencies: ["Hashing", "Events", "Commands"], path: "Tests/WriteTestSupport",
    swiftSettings: swiftSettings))
tests(
  "LineProtocolTests", uses: ["Runtime", "Events", "Commands", "LineProtocol", "TestSupport", "WriteTestSupport"])
tests("SamplesJSONTests", uses: ["Events", "Commands", "SamplesJSON", "TestSupport", "WriteTestSupport"])
tests(
  "CommandAPITests",
  uses: [
    "Runtime", "Compression", "JSON", "HTTPServer", "Probes", "Postgres", "Events", "EventFeed", "Commands",
    "EventStore", "CommandAPI", "TestSupport", "WriteTestSupport",
  ])

tests(
  "SendingTests",
  uses: [
    "Runtime", "Compression", "HTTPServer", "HTTPClient", "Commands", "LineProtocol", "SamplesJSON", "Sending",
    "TestSupport", "WriteTestSupport",
  ])
tests("BenchmarkTests", uses: ["Runtime", "Benchmark"])
tests("RuntimeTests", uses: ["Runtime", "Hashing", "TestSupport"])
tests("CompressionTests", uses: ["Compression", "TestSupport"])
tests("JSONTests", uses: ["JSON", "TestSupport"])
tests("AccessTests", uses: ["Runtime", "HTTPServer", "Access", "TestSupport"])
tests("HTTPServerTests", uses: ["Runtime", "HTTPServer", "HTTPClient", "TestSupport"])
tests("ProbesTests", uses: ["Runtime", "HTTPServer", "HTTPClient", "JSON", "Probes", "TestSupport"])

tests("CommandsTests", uses: ["Hashing", "Events", "Commands"])
tests(
  "EventStoreTests",
  uses: [
    "Runtime", "Hashing", "Compression", "Postgres", "PostgresCluster", "ColumnCodec", "Events", "Commands",
    "EventStore", "EventStoreMigrations", "TestSupport",
  ])

let package = Package(name: "daybook", targets: targets, cxxLanguageStandard: .cxx17)
