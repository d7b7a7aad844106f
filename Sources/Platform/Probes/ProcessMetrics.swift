package import Runtime

/// What every process tells of itself: which build it is, and what it takes of the machine. The names of `process_*` are
/// those of Prometheus' own client libraries
/// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
package enum ProcessMetrics {
  package static func register(_ registry: MetricsRegistry, _ identity: ProcessIdentity) {
    registry.gauge(
      "daybook_build_info", "1; the labels say which program and version this is.",
      ["program": identity.program, "version": identity.version]
    ) { 1 }
    for level in LogLevel.allCases {
      registry.counter("daybook_log_lines_total", "Lines logged, by level.", ["level": level.name]) {
        Double(LogTally.lines(level))
      }
    }
    registry.counter("process_cpu_seconds_total", "Processor time taken, in the kernel, too.") {
      OwnProcess.cpuSeconds
    }
    registry.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.") {
      OwnProcess.startedAt
    }
    registry.gauge("process_resident_memory_bytes", "Memory in RAM, shared pages included.") {
      OwnProcess.memory.resident
    }
    registry.gauge("process_virtual_memory_bytes", "Address space taken.") { OwnProcess.memory.virtual }
    registry.gauge("process_threads", "Threads.") { OwnProcess.threads }
    registry.gauge("process_open_fds", "Open file descriptors.") { OwnProcess.openDescriptors }
    registry.gauge("process_max_fds", "File descriptors that may be open.") { OwnProcess.descriptorLimit }
  }
}
