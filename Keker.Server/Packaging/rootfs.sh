#!/usr/bin/env bash
#
# rootfs.sh BINARY FOLDER: fills FOLDER with all that kekerd needs in a container, and nothing else: the binary, the C library, OpenSSL, the
# certificates of public authorities, one user. Everything but the binary is from packages of the distribution that it was built on; needs apt-get.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
binary=$1 root=$2
unpacked=$scratch/unpacked

# ---- Packages

ssl=libssl3
if apt-cache show libssl3t64 > "$scratch/shown" 2>&1; then ssl=libssl3t64; fi
# The last two are for the OpenSSL of younger distributions.
(cd "$scratch" && apt-get download -q libc6 "$ssl" ca-certificates zlib1g libzstd1 > "$scratch/downloaded" 2>&1) || { cat "$scratch/downloaded" >&2; exit 1; }
for package in "$scratch"/*.deb; do dpkg-deb --extract "$package" "$unpacked"; done

# ---- Libraries: those that the binary and OpenSSL name, and those that these name

needed() { readelf --dynamic --wide "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

find_library() { find "$unpacked" -name "$1" -path '*/lib*' | head -n 1; }

mkdir -p "$root"/{dev,etc/ssl/certs,proc,run/secrets,sys,tmp,usr/bin,usr/lib,var/tmp}
chmod 1777 "$root/tmp"
ln -sfn usr/lib "$root/lib"
ln -sfn usr/lib "$root/lib64"
install -m 755 "$binary" "$root/usr/bin/kekerd"

queue=(libssl.so.3)
mapfile -t -O 1 queue < <(needed "$binary")
for ((i = 0; i < ${#queue[@]}; i++)); do
    library=${queue[i]}
    [[ ! -e $root/usr/lib/$library ]] || continue
    found=$(find_library "$library")
    [[ -n $found ]] || { echo "rootfs.sh: $library is in none of the packages" >&2; exit 1; }
    install -m 755 "$(readlink -f "$found")" "$root/usr/lib/$library"
    while read -r next; do queue+=("$next"); done < <(needed "$found")
done

# ---- Files

cat "$unpacked"/usr/share/ca-certificates/mozilla/*.crt > "$root/etc/ssl/certs/ca-certificates.crt"
echo 'root:x:0:0:root:/:/sbin/nologin
keker:x:65532:65532:keker:/:/sbin/nologin' > "$root/etc/passwd"
echo 'root:x:0:
keker:x:65532:' > "$root/etc/group"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
