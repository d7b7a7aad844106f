// Only the digests of OpenSSL.
#include <openssl/evp.h>
#include <openssl/sha.h>
