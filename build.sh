#!/usr/bin/env bash
#
# Builds, runs and checks Keker. Everything it makes is in out/, bin/, obj/ and TestResults/.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly server=Keker.Server
readonly results=$PWD/TestResults
# Tells what out/kekerd was made of.
readonly stamp=out/.made-of
# Programs that tests want and that are not installed on the machine for that.
readonly tools=$PWD/TestResults/tools
readonly packages=out/packages
readonly packaging=$server/Packaging

export DOTNET_CLI_TELEMETRY_OPTOUT=1
export DOTNET_NOLOGO=1
export PATH=$PATH:$tools/usr/bin

usage() {
    cat <<'END'
Usage: ./build.sh [COMMAND]

  build        make out/kekerd, one native binary (the default); nothing is done where nothing it is made of has changed
  run [ARG]... build, then run out/kekerd with these arguments
  test         check everything: format, build, native build, all tests, a start of the binary;
               as root on Debian or Ubuntu it installs what it needs for that
  bench fanout|direct|http|idle|connect [OPTION]...
               build, then measure out/kekerd under load, beside others with --compare; --help tells the options
  bench curve [--shuffled] [--json FILE]
               measure what a flush pass costs per member, from one member to a million
  bench [ARG]... run the micro-benchmarks; the arguments go to BenchmarkDotNet
  fuzz [TARGET] [MINUTES]
               look for inputs that break a parser, one target or all, 10 minutes each; needs afl-fuzz (package afl++)
  fuzz live [MINUTES]
               build, then send changed seeds to out/kekerd while clients that keep to the rules watch that they get everything, 5 minutes
               by default; needs Linux
  soak [MINUTES]
               build, then put mixed load on out/kekerd, 10 minutes by default, verify every message and look for leaks; needs Linux
  soak --chaos [MINUTES] [OPTION]...
               build, then cut the connections of hundreds of clients of out/kekerd all the time, 3 minutes by default, and verify that
               nothing is lost; --help tells the options
  package [npm|tar|deb|image]...
               build, then make in out/packages, all of it or only these: the client module for npm, a .tar.gz and a .deb for amd64 and arm64,
               a container image, SHA256SUMS; nothing is published
  clean        remove whatever was built
END
}

say() { printf 'build.sh: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

has() { command -v "$1" > /dev/null; }

# ---- What the machine has

require_sdk() {
    local how="install it from https://dotnet.microsoft.com/download/dotnet/10.0 or with your package manager (package dotnet-sdk-10.0)"
    has dotnet || die "the .NET 10 SDK is missing: $how"
    dotnet --list-sdks | grep -q '^10\.' || die "dotnet is here, but without a .NET 10 SDK: $how"
}

# The C compiler that links, or nothing. It is tried, because a compiler may be installed without the C library's headers.
find_linker() {
    local compiler
    for compiler in clang gcc; do
        if has "$compiler" && echo 'int main(void) { return 0; }' | "$compiler" -x c -o /dev/null - 2> /dev/null; then
            echo "$compiler"
            return
        fi
    done
}

find_browser() {
    local browser
    for browser in chromium chromium-browser google-chrome google-chrome-stable chrome; do
        has "$browser" && return
    done
    return 1
}

has_firefox() { has firefox-esr || has firefox; }

# Of the python3 that comes first, or of the system's.
has_python_jwt() { python3 -c 'import jwt' 2> /dev/null || /usr/bin/python3 -c 'import jwt' 2> /dev/null; }

# TLS loads OpenSSL 3 when it is first used; macOS brings its own.
has_openssl() {
    [[ $(uname -s) != Linux || -n $(find /lib /usr/lib /usr/local/lib /lib64 /usr/lib64 -maxdepth 2 -name libssl.so.3 2> /dev/null) ]]
}

# Prints what `test` wants and does not find, as Debian packages.
missing_packages() {
    [[ -n $(find_linker) ]] || echo gcc libc6-dev
    has_openssl || echo libssl3
    find_browser || echo chromium
    has tsc || echo node-typescript
    has python3 || echo python3
    { has prometheus && has promtool; } || echo prometheus
    has_firefox || echo firefox-esr
    # For the recipes of the manual. Go and Java are large: their recipes are run where they are.
    has php || echo php-cli php-curl
    has ruby || echo ruby
    has_python_jwt || echo python3-jwt
    # Network namespaces, for which a test has to be root.
    [[ $(uname -s) != Linux || $(id -u) != 0 ]] || has ip || echo iproute2
}

install_missing() {
    local missing
    missing=$(missing_packages | xargs)
    [[ -n $missing ]] || return 0

    if ! can_install; then
        say "missing: $missing (names of Debian packages). Tests that need them fail or are skipped."
        say "Install them with your package manager, on Debian: apt-get install $missing"
        return 0
    fi
    # shellcheck disable=SC2086
    install_packages $missing
}

can_install() {
    local distribution=""
    [[ -r /etc/os-release ]] && distribution=$(. /etc/os-release && echo "${ID:-} ${ID_LIKE:-}")
    [[ $(id -u) == 0 && $distribution == *debian* ]] && has apt-get
}

install_packages() {
    local package
    say "installing $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q < /dev/null || say "apt-get update failed, trying with what it knows"
    for package in "$@"; do
        # One at a time: where one has another name (libssl3t64, chromium-browser), the others still come.
        if [[ $package == prometheus ]]; then
            unpack_prometheus || say "could not fetch $package"
        else
            apt-get install -q -y --no-install-recommends "$package" < /dev/null || say "could not install $package"
        fi
    done
}

# Its package would start a server on this machine, now and at every boot, and bring a web page made of eleven more. Tests want two programs of it.
unpack_prometheus() {
    local folder
    folder=$(mktemp -d)
    mkdir -p "$tools"
    if (cd "$folder" && apt-get download -q prometheus < /dev/null) && dpkg-deb -x "$folder"/prometheus_*.deb "$folder/root"; then
        mkdir -p "$tools/usr/bin"
        cp "$folder/root/usr/bin/prometheus" "$folder/root/usr/bin/promtool" "$tools/usr/bin"
    fi
    rm -rf "$folder"
    has prometheus
}

# The tracked lock files name the packages for one platform and one version of the SDK. Elsewhere, and without the native compiler,
# the set differs: it is then locked in obj/, so that a build never changes a tracked file.
choose_lock_files() {
    local native=$1 lock=$server/packages.lock.json rid runtime
    rid=$(dotnet msbuild "$server" -getProperty:NETCoreSdkPortableRuntimeIdentifier)
    runtime=$(dotnet msbuild "$server" -getProperty:BundledNETCoreAppPackageVersion)
    if [[ $native != native ]] || ! grep -q "/$rid\"" "$lock" || ! grep -q "\"requested\": \"\[$runtime, )\"" "$lock"; then
        export NuGetLockFilePath=obj/packages.lock.json
    else
        unset NuGetLockFilePath
    fi
}

# ---- Commands

build() {
    local linker made_of
    local -a how
    require_sdk
    linker=$(find_linker)
    made_of=$(fingerprint "$linker")
    if is_made_of "$made_of"; then
        say "out/kekerd is up to date"
        return
    fi

    say "building out/kekerd: a minute or two on a machine that has not done it before, most of it under 'Generating native code'"
    if [[ -n $linker ]]; then
        choose_lock_files native
        how=(-p:CppCompilerAndLinker="$linker")
    else
        choose_lock_files managed
        how=(--self-contained -p:PublishAot=false -p:PublishSingleFile=true)
        say "no C compiler that links was found: out/kekerd becomes a self-contained file, larger and slower to start."
        say "For the native binary install clang or gcc (on Debian: apt-get install gcc libc6-dev) and build again."
    fi

    rm -rf out
    # Without -r: the server takes the platform from the machine, and the library stays free of it. What it does goes to standard error,
    # as all that this script says.
    dotnet publish "$server" -c Release -o out -v m -tl:off --nologo -p:SourceRevisionId="$(revision)" "${how[@]}" >&2
    rm -f out/*.pdb
    [[ -z $made_of ]] || echo "$made_of $(checksum < out/kekerd)" > "$stamp"
    say "out/kekerd is ready"
}

# The commit of the sources, and whether they are changed since; nothing where that cannot be told.
revision() {
    local commit
    if [[ -e .git ]] && has git && commit=$(git rev-parse --short=10 HEAD 2> /dev/null); then
        [[ -z $(git status --porcelain -- Keker.Protocol "$server" 'Directory.*') ]] || commit+=-changed
        echo "$commit"
    fi
}

# What a build reads: sources and settings, the SDK, the compiler that links, and variables that either heeds. Nothing where it cannot
# be told: then every build is a full one.
fingerprint() {
    has_checksum || return 0
    {
        echo "$1"
        [[ -z $1 ]] || "$1" --version
        dotnet --version
        revision
        env | grep -E '^(CI|DOTNET_.*|MSBUILD.*|NUGET_.*)=' | sort || true
        find Keker.Protocol "$server" \( -name bin -o -name obj \) -prune -o -type f -print0 | sort -z | checksums
        find . -maxdepth 1 -type f \( -name 'Directory.*' -o -name global.json -o -name .editorconfig -o -iname nuget.config -o -name build.sh \) -print0 |
            sort -z | checksums
    } | checksum
}

# Whether out/kekerd is there, as it was built, and out of this.
is_made_of() {
    [[ -n $1 && -x out/kekerd && -r $stamp && $(< "$stamp") == "$1 $(checksum < out/kekerd)" ]]
}

has_checksum() { has sha256sum || has shasum; }

# Of the files whose names come in, each with its name.
checksums() {
    if has sha256sum; then xargs -0 sha256sum; else xargs -0 shasum -a 256; fi
}

checksum() {
    if has sha256sum; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

run() {
    build
    exec out/kekerd "$@"
}

bench() {
    case ${1:-} in
        fanout | direct | http | idle | connect) build ;;
        *) require_sdk ;;
    esac
    choose_lock_files native
    KEKERD=$PWD/out/kekerd exec dotnet run -c Release --project Keker.Benchmarks -- "$@"
}

soak() {
    build
    choose_lock_files native
    KEKERD=$PWD/out/kekerd exec dotnet run -c Release --project Keker.Benchmarks -- soak "$@"
}

# ---- Fuzzing

# Targets run two at a time. What breaks a property is kept in TestResults/fuzz/found; the exit status is then 1.
fuzz() {
    local argument target minutes=10 given=0
    local -a known targets=()
    for argument in "$@"; do
        if [[ $argument =~ ^[1-9][0-9]*$ ]]; then minutes=$argument given=1; else targets+=("$argument"); fi
    done

    if [[ ${targets[*]-} == live ]]; then
        ((given)) || minutes=5
        fuzz_live "$minutes"
    fi

    require_sdk
    require_afl
    prepare_fuzzing
    mapfile -t known < <(fuzz_program targets)
    ((${#targets[@]} > 0)) || targets=("${known[@]}")
    for target in "${targets[@]}"; do
        [[ " ${known[*]} " == *" $target "* ]] || die "no such target: $target (there are: ${known[*]})"
        fuzz_program replay "$target" "$(fuzz_files Seeds "$target")" || die "$target fails on its own seeds, no fuzzer needed"
    done

    for target in "${targets[@]}"; do
        while (($(jobs -rp | wc -l) >= 2)); do wait -n || true; done
        say "fuzzing $target for $minutes min"
        fuzz_target "$target" $((minutes * 60)) &
    done
    wait
    report_fuzzing "${targets[@]}"
}

fuzz_live() {
    build
    choose_lock_files native
    KEKERD=$PWD/out/kekerd exec dotnet run -c Release --project Keker.Benchmarks -- fuzz live "$1"
}

require_afl() {
    has afl-fuzz && return
    if can_install; then install_packages afl++; fi
    has afl-fuzz || die "afl-fuzz is missing: install AFL++ with your package manager, on Debian: apt-get install afl++"
}

# Two builds: the instrumented one for afl-fuzz, and the ordinary one, which instruments it and replays.
prepare_fuzzing() {
    local binaries=$results/fuzz/bin
    choose_lock_files native
    rm -rf "$binaries"
    mkdir -p "$results/fuzz"
    dotnet build Keker.Benchmarks -c Release -v q --nologo
    cp -r "$(dotnet msbuild Keker.Benchmarks -p:Configuration=Release -getProperty:TargetDir)" "$binaries"
    fuzz_program instrument "$binaries/Keker.Protocol.dll"
}

fuzz_program() {
    dotnet run -c Release --no-build --project Keker.Benchmarks -- fuzz "$@"
}

fuzz_files() {
    echo "Keker.Benchmarks/Fuzz/$1/$2"
}

# The switches: dotnet itself carries no instrumentation, the cores are shared, and a crash is an exception that never reaches the kernel.
# A run takes about a millisecond; what needs ten seconds even on a busy machine hangs.
fuzz_target() {
    local target=$1 seconds=$2 out=$results/fuzz/$1 dictionary
    local -a options=()
    dictionary=$(fuzz_files Dictionaries "$target").dict
    if [[ -r $dictionary ]]; then options=(-x "$dictionary"); fi
    rm -rf "$out"
    AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
        AFL_MAP_SIZE=65536 AFL_HANG_TMOUT=10000 AFL_FORKSRV_INIT_TMOUT=60000 \
        afl-fuzz -V "$seconds" -t 10000 -m none -G 32768 "${options[@]}" -i "$(fuzz_files Seeds "$target")" -o "$out" \
        -- dotnet "$results/fuzz/bin/Keker.Benchmarks.dll" fuzz run "$target" > "$out.log" 2>&1 < /dev/null ||
        say "afl-fuzz failed on $target, see $out.log"
}

report_fuzzing() {
    local target stats found failed=0 format='%-14s %12s %9s %7s %9s %8s %7s\n'
    # shellcheck disable=SC2059
    printf "$format" target executions per-sec paths coverage crashes hangs
    for target in "$@"; do
        stats=$results/fuzz/$target/default/fuzzer_stats
        found=$results/fuzz/found/$target
        # shellcheck disable=SC2059
        printf "$format" "$target" "$(stat_of execs_done)" "$(stat_of execs_per_sec)" "$(stat_of corpus_count)" \
            "$(stat_of bitmap_cvg)" "$(stat_of saved_crashes)" "$(stat_of saved_hangs)"
        if [[ $(stat_of saved_crashes)$(stat_of saved_hangs) == 00 ]]; then continue; fi

        failed=1
        mkdir -p "$found"
        find "$results/fuzz/$target/default" -path '*/default/[ch]*/id:*' -exec cp {} "$found" \; || true
        say "$target: to see what happened: dotnet run -c Release --project Keker.Benchmarks -- fuzz replay $target $found"
    done
    return "$failed"
}

# A value from the statistics that afl-fuzz leaves; of a run that did not start there are none.
stat_of() {
    { sed -n "s/^$1 *: *//p" "$stats" 2> /dev/null || true; } | grep . || echo '?'
}

# ---- Packages

# Each kind has a script in Keker.Server/Packaging. A package for which a tool is missing is left out, and the output says so.
package() {
    local kind
    local -a kinds=("$@")
    (($# > 0)) || kinds=(npm tar deb image)
    for kind in "${kinds[@]}"; do
        [[ $kind =~ ^(npm|tar|deb|image)$ ]] || die "no such kind of package: $kind (there are: npm, tar, deb, image)"
    done
    [[ ${kinds[*]} == npm ]] || build_for_packages

    rm -rf "$packages"
    mkdir -p "$packages"
    for kind in "${kinds[@]}"; do "package_$kind"; done
    (cd "$packages" && find . -type f ! -name SHA256SUMS -print0 | sort -z | checksums | sed 's|  \./|  |' > SHA256SUMS)
    say "in $packages, for you to publish:"
    (cd "$packages" && wc -c -- *) >&2
}

package_npm() { "$packaging/npm.sh" "$packages"; }

package_tar() { package_binaries tar.sh; }

package_deb() {
    if has dpkg-deb; then package_binaries deb.sh; else say "no .deb: dpkg-deb is missing (on Debian: apt-get install dpkg)"; fi
}

package_image() {
    if ! has dpkg-deb || ! has apt-get; then
        say "no image: its libraries are those of Debian packages, and apt-get is missing"
        return
    fi
    rm -rf out/root
    "$packaging/rootfs.sh" out/kekerd out/root
    "$packaging/image.sh" out/root "$(architecture)" "$(version_for_packages)" "$packages"
}

package_binaries() {
    local -a page=()
    if out/kekerd --man > out/kekerd.8 2> /dev/null; then page=(out/kekerd.8); fi
    "$packaging/$1" out/kekerd "$(architecture)" "$(version_for_packages)" "$packages" "${page[@]}"
    [[ ! -x out/arm64/kekerd ]] || "$packaging/$1" out/arm64/kekerd arm64 "$(version_for_packages)" "$packages" "${page[@]}"
}

# As Debian names them.
architecture() {
    case $(uname -m) in
        x86_64) echo amd64 ;;
        aarch64) echo arm64 ;;
        *) uname -m ;;
    esac
}

# The binary's own with the time of the commit before it, so that a later one is a higher version: 0.1.0+202601021530.0123456789.
version_for_packages() {
    local version commit
    version=$(out/kekerd --version)
    IFS=+ read -r version commit <<< "${version##* }"
    [[ -z $commit ]] || commit=+$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y%m%d%H%M).${commit/-/.}
    echo "$version$commit"
}

build_for_packages() {
    [[ $(uname -s) == Linux ]] || die "packages of the binary are made on Linux; this machine makes: ./build.sh package npm"
    [[ -n $(find_linker) ]] || die "packages need the native binary: install clang or gcc (on Debian: apt-get install gcc libc6-dev)"
    build
    if [[ $(architecture) == amd64 ]]; then build_for_arm64; fi
}

# On x64, with the tools that Debian has for it.
build_for_arm64() {
    local target=aarch64-linux-gnu made_of
    if ! has "$target-objcopy" || ! echo 'int main(void) { return 0; }' | clang --target="$target" -fuse-ld=bfd -x c -o /dev/null - 2> /dev/null; then
        say "no packages for arm64: a compiler for it is missing (on Debian: apt-get install clang gcc-$target libc6-dev-arm64-cross)"
        return
    fi

    made_of=$(checksum < out/kekerd)
    if [[ ! -x out/arm64/kekerd || $(cat out/arm64/.made-beside) != "$made_of" ]]; then
        say "building out/arm64/kekerd"
        # Folders of its own: what the ordinary build has found out about this machine stays.
        rm -rf out/arm64
        NuGetLockFilePath=obj/packages.lock.json dotnet publish "$server" -c Release -r linux-arm64 --artifacts-path "$PWD/out/arm64/artifacts" -o out/arm64 \
            -v m -tl:off --nologo -p:SourceRevisionId="$(revision)" -p:CppCompilerAndLinker=clang -p:ObjCopyName="$target-objcopy" >&2
        rm -rf out/arm64/artifacts out/arm64/*.pdb
        echo "$made_of" > out/arm64/.made-beside
    fi
    if has qemu-aarch64; then smoke qemu-aarch64 -L "/usr/$target" out/arm64/kekerd; fi
}

clean() {
    rm -rf out TestResults BenchmarkDotNet.Artifacts Keker.*/bin Keker.*/obj
}

# Every step stops the check when it fails, but for the last two: whoever broke a test also wants to know whether the binary runs.
check() {
    # What a fuzzer found in hours is not for a test run to throw away, nor is what was fetched for it.
    mkdir -p "$results"
    find "$results" -mindepth 1 -maxdepth 1 ! -name fuzz ! -name tools -exec rm -rf {} +
    trap report EXIT
    require_sdk
    install_missing

    say "checking the format"
    choose_lock_files native
    dotnet restore -v q
    dotnet format --no-restore --verify-no-changes

    say "building with warnings as errors"
    dotnet build -c Release --no-restore -v q --nologo -warnaserror

    say "building the binary"
    build
    export KEKERD=$PWD/out/kekerd

    say "running all tests"
    local status=0
    run_tests || status=1
    show_browsers

    # Where there is no epoll the runtime polls the sockets: nobody develops on such a machine every day.
    say "running the tests of the binary with its sockets on the runtime's engine"
    KEKERD_SOCKETS=engine run_tests Keker.Tests --filter "$binary_tests" || status=1
    smoke out/kekerd || status=1
    return "$status"
}

# Whatever reads pages, snippets, packages or this script does not see the sockets of the binary.
binary_tests='FullyQualifiedName~Tests.EndToEnd&FullyQualifiedName!~Browser&FullyQualifiedName!~Readme&FullyQualifiedName!~BuildScript&FullyQualifiedName!~Packag'

# The console names each test that fails, with its message; counts come from the result files.
run_tests() {
    dotnet test "$@" -c Release --no-build --nologo --logger trx --logger 'console;verbosity=minimal' --results-directory "$results" \
        --blame-hang-timeout 10m --blame-hang-dump-type none < /dev/null
}

# What the tests in browsers have measured.
show_browsers() {
    if [[ -r $results/browsers.md ]]; then cat "$results/browsers.md" >&2; fi
}

# The last line of `test`, however it ended. Counts come from the result files, since the texts of `dotnet test` vary with its
# version; a failure that no test has counted counts as one, and so does a run without tests.
report() {
    local status=$? passed failed skipped line
    trap - EXIT
    passed=$(sum_of passed)
    failed=$(sum_of failed)
    skipped=$(($(sum_of total) - passed - failed))
    if ((failed == 0 && (status != 0 || passed == 0))); then
        failed=1
    fi

    line="$passed passed, $failed failed"
    if ((skipped > 0)); then
        line+=", $skipped skipped"
    fi
    printf '%s\n' "$line"
    exit $((failed > 0))
}

# Sums a counter over the result files of all test projects.
sum_of() {
    find "$results" -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + |
        { grep -o " $1=\"[0-9]*\"" || true; } | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'
}

# Starts a binary, asks whether it is healthy, and ends it as systemd would.
smoke() {
    local port pid try answer="" code=0 log=$results/smoke.log
    mkdir -p "$results"
    port=$(free_port)
    "$@" --listen "127.0.0.1:$port" > "$log" 2>&1 < /dev/null &
    pid=$!

    for ((try = 0; try < 100; try++)); do
        if answer=$(health "$port") || ! kill -0 "$pid" 2> /dev/null; then break; fi
        sleep 0.1
    done

    kill -TERM "$pid" 2> /dev/null || true
    for ((try = 0; try < 150; try++)); do
        kill -0 "$pid" 2> /dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2> /dev/null || true
    wait "$pid" || code=$?

    if [[ $answer != "HTTP/1.1 200"* || $code != 0 ]]; then
        say "smoke run of $* failed: /v1/health answered '$answer', exit status $code after SIGTERM. Its output:"
        cat "$log" >&2
        return 1
    fi
    say "smoke run of $*: healthy, and ended with status 0 on SIGTERM"
}

# A port on which nobody answers, below those that the kernel gives out by itself.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do :; done
    echo "$port"
}

# Prints the status line of the answer; fails when there is none. Needs no curl.
health() {
    (
        exec 3<> "/dev/tcp/127.0.0.1/$1" || exit 1
        printf 'GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
        IFS= read -r -t 5 status <&3 || exit 1
        printf '%s\n' "${status%$'\r'}"
    ) 2> /dev/null
}

command=${1:-build}
shift $(($# > 0))
case $command in
    build) build ;;
    run) run "$@" ;;
    test) check ;;
    bench) bench "$@" ;;
    fuzz) fuzz "$@" ;;
    soak) soak "$@" ;;
    package) package "$@" ;;
    clean) clean ;;
    help | -h | --help) usage ;;
    *)
        say "no such command: $command"
        usage >&2
        exit 2
        ;;
esac
