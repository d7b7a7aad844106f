#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int daybook_termination_signalfd(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC);
}

int daybook_read_signalfd(int descriptor) {
  struct signalfd_siginfo information;
  if (read(descriptor, &information, sizeof information) != (ssize_t)sizeof information) return -1;
  return (int)information.ssi_signo;
}

void daybook_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

void daybook_keep_freed_memory(size_t mapping_threshold, size_t kept) {
  mallopt(M_MMAP_THRESHOLD, (int)mapping_threshold);
  mallopt(M_TRIM_THRESHOLD, (int)kept);
}

// Between fork and exec only async-signal-safe calls are made: the parent has many threads.
pid_t daybook_spawn(
    const char *program, const char *const *arguments, const char *const *environment, const char *directory,
    uid_t user, gid_t group, int standard_output, int standard_error, int die_with_parent_signal) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return -1;

  // Supplementary groups are looked up before the fork: initgroups(3) is not async-signal-safe.
  gid_t groups[64];
  int group_count = 64;
  int change_user = user != (uid_t)-1;
  if (change_user) {
    struct passwd entry, *found = NULL;
    char buffer[4096];
    if (getpwuid_r(user, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL) {
      group_count = 0;
    } else if (getgrouplist(entry.pw_name, group, groups, &group_count) < 0) {
      group_count = 0;
    }
  }

  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) {
    int saved = errno;
    close(report[0]);
    close(report[1]);
    errno = saved;
    return -1;
  }
  if (child == 0) {
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int failed = 0;
    if (change_user) {
      if (setgroups((size_t)group_count, groups) != 0 || setgid(group) != 0 || setuid(user) != 0) failed = errno;
    }
    // After setuid, which clears it. The parent may have died before this line: then nobody is left to signal us.
    if (!failed && die_with_parent_signal != 0) {
      if (prctl(PR_SET_PDEATHSIG, die_with_parent_signal, 0, 0, 0) != 0) failed = errno;
      if (getppid() != parent) _exit(127);
    }
    if (!failed && directory != NULL && chdir(directory) != 0) failed = errno;
    if (!failed && standard_output >= 0 && dup2(standard_output, 1) < 0) failed = errno;
    if (!failed && standard_error >= 0 && dup2(standard_error, 2) < 0) failed = errno;
    if (!failed) {
      if (environment != NULL) {
        execve(program, (char *const *)arguments, (char *const *)environment);
      } else {
        execv(program, (char *const *)arguments);
      }
      failed = errno;
    }
    ssize_t ignored = write(report[1], &failed, sizeof failed);
    (void)ignored;
    _exit(127);
  }
  close(report[1]);
  int failed = 0;
  ssize_t got;
  do {
    got = read(report[0], &failed, sizeof failed);
  } while (got < 0 && errno == EINTR);
  close(report[0]);
  if (got == (ssize_t)sizeof failed) {
    int status;
    waitpid(child, &status, 0);
    errno = failed;
    return -1;
  }
  return child;
}

int daybook_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int daybook_accept(int listening) { return accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int daybook_epoll_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int daybook_epoll_watch(int epoll, int descriptor, int mark, int writes, int add) {
  struct epoll_event event = {.events = EPOLLIN | (writes ? EPOLLOUT : 0), .data.u32 = (unsigned)mark};
  return epoll_ctl(epoll, add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

int daybook_epoll_wait(int epoll, int *marks, unsigned char *events, int capacity, long long nanoseconds) {
  struct epoll_event ready[64];
  struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  if (capacity > 64) capacity = 64;
  int count = epoll_pwait2(epoll, ready, capacity, nanoseconds < 0 ? NULL : &limit, NULL);
  for (int index = 0; index < count; index++) {
    marks[index] = (int)ready[index].data.u32;
    events[index] = ((ready[index].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) ? 1 : 0)
                    | ((ready[index].events & EPOLLOUT) ? 2 : 0);
  }
  return count;
}
