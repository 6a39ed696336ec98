# Sourced by the image's entrypoint when the data folder has just been made:
# docker_process_sql is a function of its.
docker_process_sql </run/secrets/fleet/accounts.sql
