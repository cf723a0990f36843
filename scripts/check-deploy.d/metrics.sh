# The dashboard and the alerts, by a real Prometheus that scrapes a real server.

samples=$DEPLOY/prometheus
# promtool prints what is wrong on standard output as well.
checked() {
    local what=$1
    shift
    local said
    said=$("$@" 2>&1) || fail "$what: $said"
    ok "$what"
}
checked "promtool accepts the alerts" promtool check rules "$samples/alerts.yml"
cp "$samples/alerts.yml" scripts/check-deploy.d/alerts.test.yml "$WORK"
checked "each alert fires when it should and not before" promtool test rules "$WORK/alerts.test.yml"
is "and none is left out" "$(sed -n 's/^ *name: //p' "$WORK/alerts.test.yml" | sort)" \
    "$(sed -n 's/^ *- alert: //p' "$samples/alerts.yml" | sort)"
sed -i 's/hongbao_refunds_overdue_age_seconds > 60/&00/' "$WORK/alerts.yml"
promtool test rules "$WORK/alerts.test.yml" >/dev/null 2>&1 && fail "an alert that does not fire is not seen"
ok "one that does not fire is seen"
checked "promtool accepts the sample" promtool check config "$samples/prometheus.yml"
checked "promtool accepts the sample for a cluster" promtool check config "$samples/prometheus-kubernetes.yml"

# The store is read as often as may be, so that every series is there soon.
start_demo env HONGBAO__METRICS__INTERVAL=1s HONGBAO__METRICS__AUDIT_INTERVAL=1s

mapfile -t ports < <(free_ports 1)
prometheus=127.0.0.1:${ports[0]}
sed -e 's/_interval: 15s/_interval: 1s/' -e "s|127.0.0.1:8089|$admin|" -e "s|alerts.yml|$samples/alerts.yml|" \
    "$samples/prometheus.yml" >"$WORK/prometheus.yml"
prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/data" --web.listen-address="$prometheus" \
    --log.level=warn >"$WORK/prometheus.log" 2>&1 &
started+=("$!")
until_is "Prometheus" curl -sf "http://$prometheus/-/ready"

publish() {
    curl -s "http://$api/im/msg_redpack_publish" -d session_key=demo-alice -d toUserId=bob -d coin_id=CNY -d amount=1 -d content=hi
}
reply=$(publish)
has "a packet is sent" "$reply" '"status":0'
id=$(sed 's/.*"transfer_id":"\([^"]*\)".*/\1/' <<<"$reply")
has "and taken" "$(curl -s "http://$api/im/msg_redpack_accept" -d session_key=demo-bob -d "transfer_id=$id")" '"status":0'
has "an administrator asks" "$(curl -s "http://$admin/admin/v1/coins" -H 'Authorization: Bearer demo-admin')" '"CNY"'
is_read() { curl -s "http://$admin/metrics" | grep -q '^hongbao_audit_findings 0$' && curl -s "http://$admin/metrics" | grep -q '^hongbao_refunds_overdue 0$'; }
until_is "both readings" is_read
curl -sf "http://$admin/metrics" >"$WORK/scrape"
checked "promtool accepts a scrape" promtool check metrics <"$WORK/scrape"

"$PYTHON" scripts/check-deploy.d/metrics.py "http://$prometheus" "$samples/dashboard.json" docs/operations/metrics.md \
    docs/operations/metrics.zh.md
