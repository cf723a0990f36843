# What all parts share. A check is a line `ok …`; what is not as it should be ends the part.

ok() { echo "ok $*"; }

fail() {
    echo "not ok $*" >&2
    exit 1
}

# Whether a text is exactly so.
is() {
    [ "$2" = "$3" ] || fail "$1: expected $3, got $2"
    ok "$1"
}

# Whether a text contains another one.
has() {
    [[ $2 == *"$3"* ]] || fail "$1: no $3 in $2"
    ok "$1"
}

# Free ports, one a line.
free_ports() {
    "$PYTHON" -c '
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for each in sockets:
    each.bind(("127.0.0.1", 0))
    print(each.getsockname()[1])' "$1"
}

# Looks until something is so. It bounds how long, not what.
until_is() {
    local what=$1 end=$((SECONDS + 30))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "waited in vain for $what"
        sleep 0.05
    done
}

# What was started ends with the part.
started=()
trap '[ ${#started[@]} -eq 0 ] || { kill "${started[@]}" 2>/dev/null || true; wait "${started[@]}" 2>/dev/null || true; }' EXIT

# Starts a demo in $WORK on free ports, before which stands "$@", and sets `api` and `admin`. Its log is $WORK/log.
start_demo() {
    local ports
    mapfile -t ports < <(free_ports 3)
    api=127.0.0.1:${ports[0]} admin=127.0.0.1:${ports[2]}
    (cd "$WORK" && exec "$@" "$HONGBAO" serve --demo --set "http.listen=localhost:${ports[0]}" \
        --set "sandbox.listen=127.0.0.1:${ports[1]}" --set "admin.listen=$admin" >banner 2>>log) &
    demo=$!
    started+=("$demo")
    until_is "a server" curl -sf "http://$api/readyz"
}
