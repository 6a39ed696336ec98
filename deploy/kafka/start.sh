#!/usr/bin/env bash
# Starts the broker on a read-only root: its folder for configuration is empty at
# first, and the image's own script fills it from the environment and from what is
# in /mnt/shared/config, which must be writable for it.
set -euo pipefail
for folder in /mnt/shared/config /opt/kafka/config; do
  cp /etc/kafka/docker/{log4j2,tools-log4j2}.yaml "$folder"
  chmod u+w "$folder"/*
done
exec /etc/kafka/docker/run
