#!/usr/bin/env bash
#
# deb.sh BINARY ARCHITECTURE VERSION FOLDER [MANUAL-PAGE]: makes FOLDER/kekerd_VERSION_ARCHITECTURE.deb. DEB_COMPRESSION chooses another one than xz.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
binary=$1 architecture=$2 version=$3 folder=$4 page=${5:-}
root=$scratch/root
doc=$root/usr/share/doc/kekerd

install -D -m 755 "$binary" "$root/usr/bin/kekerd"
install -D -m 644 -t "$root/usr/lib/systemd/system" "$packaging"/kekerd.{service,socket}
install -D -m 644 "$packaging/kekerd.sysusers" "$root/usr/lib/sysusers.d/kekerd.conf"
install -D -m 640 "$packaging/kekerd.env" "$root/etc/keker/kekerd.env"
examples | xargs -0 install -D -m 644 -t "$doc/examples"
install -D -m 644 "$packaging/debian/copyright" "$doc/copyright"
if [[ -n $page ]]; then
    mkdir -p "$root/usr/share/man/man8"
    gzip -9n < "$page" > "$root/usr/share/man/man8/kekerd.8.gz"
fi
printf 'kekerd (%s) unstable; urgency=medium\n\n  * Built from the sources of this version.\n\n -- %s  %s\n' \
    "$version" "$(sed -n 's/^Maintainer: //p' "$packaging/debian/control")" "$(date -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n > "$doc/changelog.gz"

# The youngest symbols of the C library that the binary asks for say which one it needs.
libc=$(readelf --version-info --wide "$binary" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1)
mkdir "$root/DEBIAN"
install -m 755 "$packaging"/debian/{postinst,prerm,postrm} "$root/DEBIAN"
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@LIBC@/$libc/; s/@SIZE@/$(du -sk "$root" | cut -f 1)/" \
    "$packaging/debian/control" > "$root/DEBIAN/control"
echo /etc/keker/kekerd.env > "$root/DEBIAN/conffiles"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"

find "$root" -type d -exec chmod 755 {} +
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Z"${DEB_COMPRESSION:-xz}" --build "$root" "$folder/kekerd_${version}_$architecture.deb" > /dev/null
