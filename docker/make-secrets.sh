#!/bin/sh
# Makes the secrets that docker/compose.yaml hands to containers as files; what is there already stays. Run it once, before the first start.
# The folder lets nobody in but its owner; each file can be read by the container that it is given to, whatever its account's number.
set -eu
folder="${1:-$(dirname "$0")/secrets}"
umask 022
mkdir -p "$folder"
chmod 700 "$folder"

lay() { # NAME VALUE: a file without a line's end, if there is none
  [ -e "$folder/$1" ] || printf '%s' "$2" > "$folder/$1"
}

fresh() { # 40 letters and digits
  LC_ALL=C tr -dc 'A-Za-z0-9' < /dev/urandom | dd bs=40 count=1 iflag=fullblock 2>/dev/null
}

for name in postgres_password database_password reader_password hotline_turn_secret hotline_metrics_token grafana_password; do
  lay "$name" "$(fresh)"
done
password="$(cat "$folder/database_password")"
lay hotline_database_url "postgresql+asyncpg://hotline:$password@postgres/hotline"
lay hotline_jobs_database_url "postgresql://hotline:$password@postgres/hotline_jobs"
# Whom Alertmanager tells: the mail server's password and a webhook, to be written here by whoever has them.
lay smtp_password ""
lay alert_webhook_url "http://example.invalid/"
echo "Bí mật nằm trong $folder; cất một bản ở nơi khác."
