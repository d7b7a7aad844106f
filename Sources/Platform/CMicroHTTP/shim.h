// libmicrohttpd: an HTTP/1.1 server library, with GnuTLS beneath its TLS. The inline functions stand for its variadic
// ones, which Swift cannot call.
#ifndef DAYBOOK_CMICROHTTP_H
#define DAYBOOK_CMICROHTTP_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>

/// What a daemon is started with. `context` is the first argument of every callback.
struct daybook_mhd_settings {
  unsigned int connection_limit;
  /// Bytes of each connection's buffer: the limit of request line and headers, and the largest piece of a body.
  size_t memory_limit;
  unsigned int idle_seconds;
  MHD_AccessHandlerCallback access;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connection;
  void *(*request_line)(void *context, const char *uri, struct MHD_Connection *connection);
  void *context;
};

/// For a daemon with TLS.
struct daybook_mhd_tls {
  int listen_socket;
  unsigned int threads;
  /// PEM texts that end with NUL, read while the daemon starts.
  const char *certificate;
  const char *key;
  /// What TLS may negotiate, in GnuTLS' language.
  const char *priorities;
};

/// Starts a daemon whose connections may be suspended. NULL, and errno set, on failure.
///
/// Without `tls` it has neither threads nor a socket to listen at: the one thread that calls MHD_add_connection and MHD_run
/// does all of its work, and others only call MHD_resume_connection. With `tls` it has threads of its own, which wait by
/// poll(2): libmicrohttpd 0.9.75 with epoll asks GnuTLS over and over, without waiting, as long as a handshake is not
/// complete. One client that connects and says nothing would take a processor. Measured over TLS: poll answers three
/// quarters of what epoll does at 32 connections, two thirds with 1,000 idle ones beside.
static inline struct MHD_Daemon *daybook_mhd_start(
    const struct daybook_mhd_settings *settings, const struct daybook_mhd_tls *tls) {
  struct MHD_OptionItem for_tls[] = {
      {MHD_OPTION_LISTEN_SOCKET, tls == NULL ? -1 : tls->listen_socket, NULL},
      {MHD_OPTION_THREAD_POOL_SIZE, tls != NULL && tls->threads > 1 ? tls->threads : 0, NULL},
      {MHD_OPTION_HTTPS_MEM_CERT, 0, tls == NULL ? NULL : (void *)tls->certificate},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, tls == NULL ? NULL : (void *)tls->key},
      {MHD_OPTION_HTTPS_PRIORITIES, 0, tls == NULL ? NULL : (void *)tls->priorities},
      {MHD_OPTION_END, 0, NULL}};
  struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
  const unsigned int waiting = tls == NULL ? MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET
                                           : MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_USE_ITC;
  return MHD_start_daemon(
      waiting | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL,
      settings->access, settings->context,
      MHD_OPTION_ARRAY, tls == NULL ? none : for_tls,
      MHD_OPTION_CONNECTION_LIMIT, settings->connection_limit,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->memory_limit,
      MHD_OPTION_CONNECTION_TIMEOUT, settings->idle_seconds,
      MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_NOTIFY_COMPLETED, settings->completed, settings->context,
      MHD_OPTION_NOTIFY_CONNECTION, settings->connection, settings->context,
      MHD_OPTION_URI_LOG_CALLBACK, settings->request_line, settings->context,
      MHD_OPTION_END);
}

/// The epoll(7) descriptor of a daemon without TLS: readable when MHD_run has something to do. -1: there is none.
static inline int daybook_mhd_epoll(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info == NULL ? -1 : info->epoll_fd;
}

/// What MHD_OPTION_NOTIFY_CONNECTION's callback stored for this connection.
static inline void *daybook_mhd_socket_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == NULL ? NULL : info->socket_context;
}

/// The connection's socket, or -1.
static inline int daybook_mhd_descriptor(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : info->connect_fd;
}

/// The connection's TLS session; NULL without TLS.
static inline gnutls_session_t daybook_mhd_session(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  return info == NULL ? NULL : (gnutls_session_t)info->tls_session;
}

#endif
