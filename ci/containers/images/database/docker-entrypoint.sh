#!/bin/bash
# docker-entrypoint.sh [mysqld | mariadbd] [--option=value ...], or any other command.
#
# An empty data directory is initialised by a server that only this script reaches, after
#   MYSQL_ROOT_PASSWORD or MYSQL_ALLOW_EMPTY_PASSWORD or MYSQL_RANDOM_ROOT_PASSWORD, one of them;
#   MYSQL_ROOT_HOST (`%`); MYSQL_DATABASE; MYSQL_USER with MYSQL_PASSWORD;
# each also as NAME_FILE, and for MariaDB as MARIADB_NAME, which then goes first.
# SERVER is the program; PRODUCT is `mariadb` or `mysql`.
set -euo pipefail
shopt -s nullglob

SOCKET=/run/mysqld/mysqld.sock

say() { printf '%s [%s]: %s\n' "$(date -u +%FT%TZ)" docker-entrypoint.sh "$*"; }
fail() { say "ERROR: $*" >&2; exit 1; }

# The value of MYSQL_$1: from the environment or the file that it names.
setting() {
  local product name file
  for product in MARIADB MYSQL; do
    [[ $product == MARIADB && $PRODUCT != mariadb ]] && continue
    name=${product}_$1 file=${product}_$1_FILE
    [[ -n ${!name-} && -n ${!file-} ]] && fail "both $name and $file are set (but are exclusive)"
    if [[ -n ${!name-} ]]; then printf '%s' "${!name}"; return; fi
    if [[ -n ${!file-} ]]; then printf '%s' "$(< "${!file}")"; return; fi
  done
}

# A text as a string of SQL, whatever the server's sql_mode.
quoted() {
  local quote="'" text=${1//\\/\\\\}
  printf "'%s'" "${text//$quote/$quote$quote}"
}

# The data directory that the server takes with these arguments.
data_directory() {
  "$@" --verbose --help --log-bin-index=/tmp/unused 2>/dev/null |
    awk '$1 == "datadir" && /^[^ \t]/ { sub(/^[^ \t]+[ \t]+/, ""); sub(/\/$/, ""); print; exit }' || true
}

make_data_directory() {
  if [[ $PRODUCT == mariadb ]]; then
    mariadb-install-db --datadir="$1" --auth-root-authentication-method=normal --skip-test-db --rpm \
      "${@:3}" --skip-log-bin > /dev/null
  else
    "${@:2}" --initialize-insecure
  fi
}

# Runs SQL from standard input as root, into database $1 when that is not empty.
sql() {
  MYSQL_PWD=$root_password "$PRODUCT" --no-defaults --protocol=socket --socket="$SOCKET" --user=root ${1:+--database="$1"}
}

start_temporary_server() {
  "$@" --skip-networking --socket="$SOCKET" &
  temporary_server=$!
  # No server answers a ping while it opens its files: what is polled is the answer, with a deadline.
  local attempt
  for ((attempt = 0; attempt < 600; attempt++)); do
    if root_password='' sql '' <<< 'SELECT 1' &> /dev/null; then return; fi
    kill -0 "$temporary_server" 2>/dev/null || fail 'the temporary server ended: see its log above'
    sleep 0.1
  done
  fail 'the temporary server did not answer within a minute'
}

create_accounts() {
  local host database user password
  host=$(setting ROOT_HOST)
  database=$(setting DATABASE)
  user=$(setting USER)
  password=$(setting PASSWORD)
  [[ -n $user && $user == root ]] && fail 'MYSQL_USER="root" is not for the root user: use MYSQL_ROOT_PASSWORD'
  {
    printf 'SET @@SESSION.sql_log_bin = 0;\n'
    if [[ ${host:=%} != localhost ]]; then
      printf 'CREATE USER root@%s IDENTIFIED BY %s;\n' "$(quoted "$host")" "$(quoted "$wanted_root_password")"
      printf 'GRANT ALL ON *.* TO root@%s WITH GRANT OPTION;\n' "$(quoted "$host")"
    fi
    printf "ALTER USER root@localhost IDENTIFIED BY %s;\n" "$(quoted "$wanted_root_password")"
    if [[ -n $database ]]; then printf 'CREATE DATABASE IF NOT EXISTS `%s`;\n' "${database//\`/\`\`}"; fi
    if [[ -n $user && -n $password ]]; then
      printf "CREATE USER %s@'%%' IDENTIFIED BY %s;\n" "$(quoted "$user")" "$(quoted "$password")"
      if [[ -n $database ]]; then
        # An underscore would stand for any character in a grant.
        local pattern=${database//_/\\_}
        printf "GRANT ALL ON \`%s\`.* TO %s@'%%';\n" "${pattern//\`/\`\`}" "$(quoted "$user")"
      fi
    fi
  } | root_password='' sql ''
}

run_scripts() {
  local script database
  database=$(setting DATABASE)
  for script in /docker-entrypoint-initdb.d/*; do
    say "running $script"
    case $script in
      *.sh) if [[ -x $script ]]; then "$script"; else . "$script"; fi ;;
      *.sql) sql "$database" < "$script" ;;
      *.sql.gz) gunzip -c "$script" | sql "$database" ;;
      *) say "ignoring $script" ;;
    esac
  done
}

initialise() {
  local directory=$1
  shift
  wanted_root_password=$(setting ROOT_PASSWORD)
  if [[ -z $wanted_root_password && -n $(setting RANDOM_ROOT_PASSWORD) ]]; then
    wanted_root_password=$(head -c 24 /dev/urandom | base64)
    say "GENERATED ROOT PASSWORD: $wanted_root_password"
  fi
  if [[ -z $wanted_root_password && -z $(setting ALLOW_EMPTY_PASSWORD)$(setting ALLOW_EMPTY_ROOT_PASSWORD) ]]; then
    fail "the database is uninitialized and no password option is specified: set one of ${PRODUCT^^}_ROOT_PASSWORD, ${PRODUCT^^}_ALLOW_EMPTY_PASSWORD and ${PRODUCT^^}_RANDOM_ROOT_PASSWORD"
  fi
  say 'initializing the database'
  make_data_directory "$directory" "$@"
  start_temporary_server "$@"
  create_accounts
  root_password=$wanted_root_password
  run_scripts
  kill -TERM "$temporary_server"
  wait "$temporary_server" || fail 'the temporary server did not end well'
  say 'MySQL init process done. Ready for start up.'
}

if [[ $# -eq 0 || $1 == -* ]]; then set -- "$SERVER" "$@"; fi

if [[ $1 == mysqld || $1 == mariadbd ]]; then
  for argument in "$@"; do
    case $argument in -'?' | --help | --print-defaults | -V | --version) exec "$@" ;; esac
  done
  directory=$(data_directory "$@")
  [[ -n $directory ]] || fail "the server refuses these arguments: $("$@" --verbose --help 2>&1 >/dev/null | tail -n 3)"
  if [[ $EUID -eq 0 ]]; then
    mkdir -p "$directory"
    find "$directory" /run/mysqld \! -user mysql -exec chown mysql: '{}' +
    exec setpriv --reuid=mysql --regid=mysql --clear-groups "$0" "$@"
  fi
  [[ -d $directory/mysql ]] || initialise "$directory" "$@"
fi
exec "$@"
