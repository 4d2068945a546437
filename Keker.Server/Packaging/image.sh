#!/usr/bin/env bash
#
# image.sh ROOT ARCHITECTURE VERSION FOLDER: makes FOLDER/kekerd-VERSION-ARCHITECTURE.oci.tar of the root file system in the folder ROOT: an image layout of
# the Open Container Initiative, for `podman load`, `skopeo copy oci-archive:` and the like. What it says of the image is what Dockerfile says.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
root=$1 architecture=$2 version=$3 folder=$4
# Tags know no plus sign.
name=localhost/kekerd:${version/+/-}
layout=$scratch/layout
created=$(date -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)

mkdir -p "$layout/blobs/sha256"

sum() { sha256sum "$1" | cut -d ' ' -f 1; }

# Moves a file to where its content names it, and prints what refers to it.
blob() {
    local type=$1 file=$2 more=${3:-} digest size
    digest=$(sum "$file")
    size=$(stat -c %s "$file")
    mv "$file" "$layout/blobs/sha256/$digest"
    printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s%s}' "$type" "$digest" "$size" "$more"
}

# /tmp is everybody's, unlike what archive makes of it.
archive "$root" --exclude=./tmp . > "$scratch/layer"
chmod 1777 "$root/tmp"
tar --append --file "$scratch/layer" --directory "$root" --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu ./tmp
layer_id=$(sum "$scratch/layer")
gzip -9n "$scratch/layer"
layer=$(blob layer.v1.tar+gzip "$scratch/layer.gz")

cat > "$scratch/config" <<END
{"created":"$created","architecture":"$architecture","os":"linux","config":{
"User":"65532:65532","ExposedPorts":{"3498/tcp":{}},"Env":["SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"],
"Entrypoint":["/usr/bin/kekerd"],"WorkingDir":"/","StopSignal":"SIGTERM",
"Healthcheck":{"Test":["CMD","/usr/bin/kekerd","--health"],"Interval":10000000000,"Timeout":3000000000,"StartPeriod":5000000000,"Retries":3},
"Labels":{"org.opencontainers.image.title":"kekerd","org.opencontainers.image.version":"$version","org.opencontainers.image.licenses":"MIT"}},
"rootfs":{"type":"layers","diff_ids":["sha256:$layer_id"]},"history":[{"created":"$created","created_by":"image.sh"}]}
END
config=$(blob config.v1+json "$scratch/config")
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' "$config" "$layer" > "$scratch/manifest"
manifest=$(blob manifest.v1+json "$scratch/manifest" ",\"platform\":{\"architecture\":\"$architecture\",\"os\":\"linux\"},
\"annotations\":{\"org.opencontainers.image.ref.name\":\"$name\",\"io.containerd.image.name\":\"$name\"}")
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}' "$manifest" > "$layout/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' > "$layout/oci-layout"

archive "$layout" oci-layout index.json blobs > "$folder/kekerd-$version-$architecture.oci.tar"
