#!/usr/bin/env bash
#
# tar.sh BINARY ARCHITECTURE VERSION FOLDER [MANUAL-PAGE]: makes FOLDER/kekerd-VERSION-linux-ARCHITECTURE.tar.gz.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
binary=$1 name=kekerd-$3-linux-$2 folder=$4 page=${5:-}

install -D -m 755 "$binary" "$scratch/$name/kekerd"
install -m 644 "$packaging"/kekerd.{service,socket,sysusers,env} "$checkout/LICENSE" "$scratch/$name"
examples | xargs -0 install -D -m 644 -t "$scratch/$name/examples"
[[ -z $page ]] || install -m 644 "$page" "$scratch/$name/kekerd.8"
archive "$scratch" "$name" | gzip -9n > "$folder/$name.tar.gz"
