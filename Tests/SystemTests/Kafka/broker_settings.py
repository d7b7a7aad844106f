#!/usr/bin/python3
"""Prints the settings that compose/compose.yaml gives Kafka, as a server.properties: so that a test can start a broker
with them, without containers.

    docker-compose -f compose/compose.yaml config |
      broker_settings.py --listener NETWORK=127.0.0.1:40001 --listener HOST=127.0.0.1:40002 \\
        --listener CONTROLLER=127.0.0.1:40003 log.dirs=/tmp/data > server.properties

Reads what `docker-compose config` or `docker compose config` prints. Every listener needs an address, since those of the
file hold in a network of containers only. NAME=VALUE sets a setting, whatever the file says. --cluster-id prints the id
to format the storage with instead.

Needs Debian's python3-yaml, which docker-compose brings along.
"""

import argparse
import re
import sys

import yaml

# What the image keeps for itself (Apache Kafka, KafkaDockerWrapper).
NOT_THE_BROKERS = {
    "KAFKA_VERSION", "KAFKA_HEAP_OPTS", "KAFKA_LOG4J_OPTS", "KAFKA_OPTS", "KAFKA_JMX_OPTS",
    "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_GC_LOG_OPTS", "KAFKA_LOG4J_ROOT_LOGLEVEL", "KAFKA_LOG4J_LOGGERS",
    "KAFKA_TOOLS_LOG4J_LOGLEVEL", "KAFKA_JMX_HOSTNAME",
}


def setting_name(variable: str) -> str:
    """As the image does it: KAFKA_A_B is a.b, KAFKA_A__B is a_b, KAFKA_A___B is a-b."""
    name = variable.removeprefix("KAFKA_").lower().replace("_", ".")
    return name.replace("...", "-").replace("..", "_")


def environment(config: dict, service: str) -> dict[str, str]:
    """A service's variables, written as an object or as a list of NAME=VALUE."""
    found = config["services"][service]["environment"]
    pairs = (entry.partition("=")[::2] for entry in found) if isinstance(found, list) else found.items()
    return {name: "" if value is None else str(value) for name, value in pairs}


def with_addresses(settings: dict[str, str], addresses: dict[str, str]) -> dict[str, str]:
    """The settings with each listener at an address of `addresses`."""
    settings = dict(settings)
    names = [listener.partition("://")[0] for listener in settings["listeners"].split(",")]
    if set(names) != set(addresses):
        sys.exit(f"broker_settings.py: expected --listener for each of {', '.join(names)}, and for no other")
    settings["listeners"] = ",".join(f"{name}://{addresses[name]}" for name in names)
    advertised = [listener.partition("://")[0] for listener in settings["advertised.listeners"].split(",")]
    settings["advertised.listeners"] = ",".join(f"{name}://{addresses[name]}" for name in advertised)
    controller = addresses[settings["controller.listener.names"]]
    settings["controller.quorum.voters"] = f"{settings['node.id']}@{controller}"
    return settings


def pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, not '{text}'")
    return name, value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--service", default="kafka", metavar="NAME")
    parser.add_argument("--listener", action="append", type=pair, default=[], metavar="NAME=HOST:PORT")
    parser.add_argument("--cluster-id", action="store_true")
    parser.add_argument("overrides", nargs="*", type=pair, metavar="NAME=VALUE")
    options = parser.parse_args()
    variables = environment(yaml.safe_load(sys.stdin), options.service)
    if options.cluster_id:
        print(variables["CLUSTER_ID"])
        return
    settings = {
        setting_name(name): value
        for name, value in variables.items()
        if re.match("KAFKA_.", name) and name not in NOT_THE_BROKERS
    }
    settings = with_addresses(settings, dict(options.listener)) | dict(options.overrides)
    for name, value in sorted(settings.items()):
        print(f"{name}={value}")


if __name__ == "__main__":
    main()
