// OpenSSL's TLS, and its macros as functions: Swift sees no function-like macro.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/// At least TLS 1.2; 1 on success.
static inline int daybook_tls_require_1_2(SSL_CTX *context) {
  return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/// The name that the server is told to choose its certificate by; 1 on success.
static inline int daybook_tls_set_server_name(SSL *session, const char *name) {
  return (int)SSL_set_tlsext_host_name(session, name);
}
