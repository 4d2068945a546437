# What the scripts of this folder share; they source it.

set -euo pipefail
export LC_ALL=C TZ=UTC

readonly packaging=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly checkout=$packaging/../..

# Seconds since 1970, the time of the commit: the same sources make the same packages.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$checkout" log -1 --format=%ct 2> /dev/null || echo 0)}

# A folder that goes with the script.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A tar archive of what is in a folder, to standard output, that has nothing of the machine in it.
archive() {
    tar --create --directory "$1" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
        --format=gnu "${@:2}"
}

# What operators copy: drop-ins, and what is for other programs.
examples() {
    find "$packaging" -maxdepth 1 \( -name '*.conf' -o -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) -print0
}
