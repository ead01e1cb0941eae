#!/bin/bash
# Tries the two ways in on a fresh Debian 12: as root, and as a user with sudo. Run as root, with debootstrap.
#
#   deploy/try_in_chroot.sh                 make run, twice each, asking /healthz and pressing Ctrl-C
#   TARGET=setup deploy/try_in_chroot.sh    make setup only
#   TARGET=test deploy/try_in_chroot.sh     make test
#
# What is tried is the last commit of this checkout. CHROOTS=folder keeps the bare system there for the next time.
set -euo pipefail

checkout=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
chroots=${CHROOTS:-$(mktemp -d -t gridcase-chroots.XXXXXX)}
target=${TARGET:-run}
port=${PORT:-18099}

make_base() {
    [ -e "$chroots/base/.ready" ] && return
    mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' 'Origin: Debian' 'Component: main' | head -n 1)
    rm -rf "$chroots/base"
    debootstrap --variant=minbase --include=ca-certificates,git,make,python3,sudo \
        bookworm "$chroots/base" "${mirror%/}"
    apt-config dump | grep -E '^Acquire::(https?|Check)' > "$chroots/base/etc/apt/apt.conf.d/99host" || true
    cp -a /usr/local/share/ca-certificates/. "$chroots/base/usr/local/share/ca-certificates/"
    chroot "$chroots/base" update-ca-certificates --fresh > /dev/null
    chroot "$chroots/base" useradd --create-home --shell /bin/bash clerk
    echo 'clerk ALL=(ALL) NOPASSWD: ALL' > "$chroots/base/etc/sudoers.d/clerk"
    rm -rf "$chroots/base/var/lib/apt/lists/"*
    touch "$chroots/base/.ready"
}

leave() {
    for mounted in dev/pts dev/shm dev sys proc; do
        mountpoint -q "$chroots/machine/$mounted" && umount -l "$chroots/machine/$mounted"
    done
    return 0
}

finish() {
    leave
    [ -n "${CHROOTS:-}" ] || rm -rf --one-file-system "$chroots"
}

enter_fresh_machine() {
    leave
    rm -rf --one-file-system "$chroots/machine"
    cp -a "$chroots/base" "$chroots/machine"
    cp /etc/resolv.conf /etc/hosts "$chroots/machine/etc/"
    mount -t proc proc "$chroots/machine/proc"
    mount -t sysfs sysfs "$chroots/machine/sys"
    mount --bind --make-private /dev "$chroots/machine/dev"
    mount -t devpts devpts "$chroots/machine/dev/pts"
    mount -t tmpfs tmpfs "$chroots/machine/dev/shm"
    for user in clerk root; do
        home=$chroots/machine$(home_of "$user")
        git clone --quiet --no-hardlinks "$checkout" "$home/gridcase"
        chown -R --reference="$home" "$home/gridcase"
    done
}

home_of() {
    chroot "$chroots/machine" getent passwd "$1" | cut -d: -f6
}

# as USER COMMAND...: runs it in that user's checkout, with the proxy and certificate settings of this shell
as() {
    local user=$1 home
    shift
    home=$(home_of "$user")
    chroot --userspec="$user:$user" "$chroots/machine" env HOME="$home" USER="$user" LANG=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        sh -c 'cd "$HOME/gridcase" && exec "$@"' sh "$@"
}

seconds_since() {
    echo "$(($(date +%s) - $1)) s"
}

run_and_stop() {
    local user=$1 begun pid
    begun=$(date +%s)
    set -m  # a process group of its own, which Ctrl-C on a terminal would reach as a whole
    as "$user" make run PORT="$port" < /dev/null &
    pid=$!
    set +m
    until curl --silent --fail --max-time 5 "http://127.0.0.1:$port/healthz" > /dev/null; do
        kill -0 "$pid" 2> /dev/null || { echo "make run ended by itself as $user"; return 1; }
        sleep 0.2
    done
    echo "== $user: /healthz answers after $(seconds_since "$begun")"
    kill -INT -- "-$pid"
    wait "$pid" || true
    if curl --silent --max-time 2 "http://127.0.0.1:$port/healthz" > /dev/null; then
        echo "$user: something still listens after Ctrl-C"
        return 1
    fi
    echo "== $user: stopped cleanly"
}

trap finish EXIT
mkdir -p "$chroots"
make_base
for user in root clerk; do
    enter_fresh_machine
    echo "== $user: fresh machine"
    if [ "$target" = run ]; then
        run_and_stop "$user"
        run_and_stop "$user"
    else
        begun=$(date +%s)
        as "$user" make "$target"
        echo "== $user: make $target took $(seconds_since "$begun")"
        begun=$(date +%s)
        [ "$target" = test ] || as "$user" make "$target"
        echo "== $user: again $(seconds_since "$begun")"
    fi
done
