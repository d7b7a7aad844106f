// librdkafka, with the cluster that it can play for tests.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
