#!/usr/bin/env bash
#
# npm.sh FOLDER: makes FOLDER/keker-VERSION.tgz, the client module as npm packs it, everything in a folder of the name "package".

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
folder=$1 web=$packaging/../Web
version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$web/package.json")

install -D -m 644 -t "$scratch/package" "$web"/{package.json,README.md,keker.js,keker.d.ts} "$checkout/LICENSE"
archive "$scratch" package | gzip -9n > "$folder/keker-$version.tgz"
