// What Glibc's Swift module leaves out, or shows as macros that Swift cannot call.
#ifndef DAYBOOK_CLINUX_H
#define DAYBOOK_CLINUX_H

#include <stddef.h>
#include <sys/types.h>

/// Opens a signalfd(2) for SIGINT and SIGTERM after blocking them in the calling thread (threads started later inherit
/// the mask). Returns -1 and sets errno on failure.
int daybook_termination_signalfd(void);

/// Takes one signal's number from such a descriptor; -1 when it cannot.
int daybook_read_signalfd(int descriptor);

/// Names the calling thread for ps(1) and top(1); at most 15 bytes are kept.
void daybook_name_thread(const char *_Nonnull name);

/// Starts the file `program` with `arguments` (NULL-terminated, the first by custom its path) as a child in its own
/// process group.
/// `user` and `group` of 0xFFFFFFFF mean: stay who you are. The child gets SIGTERM when its parent dies, an empty signal
/// mask, and `standard_output` and `standard_error` as descriptors 1 and 2 (-1: inherited). `environment` is
/// NULL-terminated, or NULL to inherit. `directory` may be NULL.
/// Returns the child's id, or -1 with errno set; an exec that fails is reported here too.
pid_t daybook_spawn(
    const char *_Nonnull program, const char *_Nonnull const *_Nonnull arguments,
    const char *_Nonnull const *_Nullable environment, const char *_Nullable directory, uid_t user, gid_t group, int standard_output, int standard_error,
    int die_with_parent_signal);

/// mallopt(3): from which size on an allocation is a mapping of its own, and how much freed memory the top of a heap keeps.
/// Both at most 32 MiB. For the start of main.
void daybook_keep_freed_memory(size_t mapping_threshold, size_t kept);

/// Starts to bring the line of memory at `place`, which need not be readable, into the processor's cache.
static inline void daybook_prefetch(const void *_Nullable place) { __builtin_prefetch(place); }

/// Opens an eventfd(2) that neither blocks nor is inherited; -1 and errno on failure.
int daybook_eventfd(void);

/// Takes a connection off the queue of a listening socket; it neither blocks nor is inherited. -1 and errno on failure.
int daybook_accept(int listening);

/// Opens an epoll(7) descriptor that is not inherited; -1 and errno on failure.
int daybook_epoll_open(void);

/// Watches `descriptor` for something to read and, when `writes` is not 0, for room to write; `add` is not 0 the first
/// time. `mark` is handed back by `daybook_epoll_wait`. -1 and errno on failure.
int daybook_epoll_watch(int epoll, int descriptor, int mark, int writes, int add);

/// Waits up to `nanoseconds` (below 0: without end) and returns how many of `marks` and `events` it filled; -1 and errno
/// on failure. An event is 1 for something to read (or an error to find by reading), 2 for room to write, 3 for both.
int daybook_epoll_wait(
    int epoll, int *_Nonnull marks, unsigned char *_Nonnull events, int capacity, long long nanoseconds);

#endif
