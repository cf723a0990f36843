# The unit, as systemd reads it, and the system calls that a server really makes, as the unit allows them.

units=$WORK/units
mkdir -p "$units"
export SYSTEMD_LOG_TARGET=console

# The unit as it is, but with a program that is there.
here() { sed "s|/usr/local/bin/hongbao|$HONGBAO|" "$DEPLOY/$1"; }
here hongbao.service >"$units/hongbao.service"
verify() { systemd-analyze verify --man=no --recursive-errors=no "$units/hongbao.service" 2>&1 | grep -F "$units" || true; }
is "the unit is understood" "$(verify)" ""
for part in encrypted-settings log-file; do
    mkdir "$units/hongbao.service.d"
    here "$part.conf" >"$units/hongbao.service.d/$part.conf"
    is "the unit with $part.conf is understood" "$(verify)" ""
    rm -r "$units/hongbao.service.d"
done
echo 'NoSuchSetting=yes' >>"$units/hongbao.service"
has "what is not understood would be seen" "$(verify)" NoSuchSetting

exposure=$(systemd-analyze security --offline=true --threshold=15 "$DEPLOY/hongbao.service" 2>&1) ||
    fail "the unit is exposed: $exposure"
has "the unit is hardened" "$exposure" "OK"
echo "   $(tail -n 1 <<<"$exposure")"

mkdir -p "$WORK/root/etc"
systemd-sysusers --root="$WORK/root" "$DEPLOY/hongbao.sysusers.conf" 2>/dev/null
has "there is a user" "$(cat "$WORK/root/etc/passwd")" "hongbao:"

# A server is started, sends and takes a packet, and is stopped, under the eyes of strace.
mkdir -p "$WORK/traces"
start_demo strace -ff -qq -o "$WORK/traces/of"
form() { curl -s "http://$api/im/$1" "${@:2}"; }
reply=$(form msg_redpack_publish -d session_key=demo-alice -d toUserId=bob -d coin_id=CNY -d amount=8.88 -d content=hi)
id=$(sed 's/.*"transfer_id":"\([^"]*\)".*/\1/' <<<"$reply")
has "a server that is watched serves" "$(form msg_redpack_accept -d session_key=demo-bob -d "transfer_id=$id")" '"status":0'
kill -TERM "$(pgrep -P "$demo")"
wait "$demo" || fail "a server that is watched does not stop well"
systemd-analyze syscall-filter >"$WORK/sets" 2>/dev/null
"$PYTHON" scripts/check-deploy.d/confined.py "$DEPLOY/hongbao.service" "$WORK/sets" "$WORK"/traces/of.*
