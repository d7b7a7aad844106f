import CLinux

/// How this process' heap behaves.
package enum HeapMemory {
  /// From now on blocks of up to 16 MiB come from the heap, whose top keeps up to 32 MiB that were freed, per arena. By
  /// itself glibc gives every larger block a mapping of its own and returns it at once: a service that takes a buffer of
  /// half a megabyte for each request has the kernel clear the same pages again and again.
  ///
  /// For services; to be called before other threads start.
  package static func keepFreed() {
    daybook_keep_freed_memory(16 << 20, 32 << 20)
  }
}
