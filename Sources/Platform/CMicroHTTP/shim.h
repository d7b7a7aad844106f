// libmicrohttpd: an HTTP/1.1 server library.
#include <microhttpd.h>
