#!/bin/sh
# Runs a benchmark against its peer. Called by `./airbox bench NAME [options]`, which has built everything.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
venv=$root/hw-tests/target/bench-venv

name=${1:-}
[ $# -gt 0 ] && shift
case $name in
  generation | daemon | telemetry | tpu) script=$name ;;
  net) script=network ;;
  http) script=http_edge ;; # a script named http.py would hide Python's own module
  *)
    echo "usage: ./airbox bench generation|daemon|http|net|telemetry|tpu [--help]" >&2
    [ "$name" = --help ] && exit 0
    exit 2 ;;
esac

if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt" 2>/dev/null; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$venv/requirements.txt"
fi
exec "$venv/bin/python" "$here/$script.py" "$@"
