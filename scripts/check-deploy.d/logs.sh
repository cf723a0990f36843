# The log in a file, which is rotated under a running server.

start_demo
# What the unit's `append:` opens is opened here by `>>`. The user and the folder are others.
sed -e "s|/var/log/hongbao/hongbao.log|$WORK/log|" -e "s|su hongbao hongbao|su $(id -un) $(id -gn)|" \
    "$DEPLOY/logrotate.conf" >"$WORK/rotate.conf"
chmod 600 "$WORK/rotate.conf"
debug=$(logrotate --debug --state "$WORK/state" "$WORK/rotate.conf" 2>&1) || fail "logrotate refuses the sample: $debug"
has "logrotate understands the sample" "$debug" "considering log $WORK/log"
is "it finds nothing wrong" "$(grep -i 'error' <<<"$debug" || true)" ""
before=$(wc -c <"$WORK/log")
logrotate --force --state "$WORK/state" "$WORK/rotate.conf" 2>&1 || fail "the log cannot be rotated"
is "what was there is kept" "$(cat "$WORK"/log-* | wc -c)" "$before"
curl -s "http://$api/im/asset_list" -d session_key=demo-alice >/dev/null
until_is "a line in the new file" grep -q asset_list "$WORK/log"
is "the server goes on at the file's new beginning" "$(head -c 2 "$WORK/log" | tr '[:digit:]' 0)" 00
