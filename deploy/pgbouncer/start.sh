#!/bin/sh
# Writes the list of roles and passwords from the environment, where only this container's process can read it.
set -eu
umask 077
{
    printf '"wf_web" "%s"\n' "$WF_WEB_PASSWORD"
    printf '"wf_engine" "%s"\n' "$WF_ENGINE_PASSWORD"
} > /tmp/users.txt
exec pgbouncer /etc/watchfloor/pgbouncer.ini
