# The sample before a real server, by a real nginx.

mapfile -t ports < <(free_ports 2)
http=${ports[0]} https=${ports[1]}
mkdir -p "$WORK/tls" "$WORK/logs" "$WORK/temp"
certify() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$2" -addext "subjectAltName=DNS:$2" \
        -keyout "$WORK/tls/$1.key" -out "$WORK/tls/$1.crt" 2>/dev/null
}
inside=hongbao-admin.internal.example.com
certify hongbao api.example.com
certify hongbao-admin "$inside"
start_demo

# The sample with other ports, folders and backend, which is at 127.0.0.2 here. Where a kernel has no IPv6, nginx cannot listen there.
six=(-e "s|listen \[::\]:80;|listen [::1]:$http;|" -e "s|listen \[::\]:443|listen [::1]:$https|")
[ -s /proc/net/if_inet6 ] || six=(-e '/listen \[::\]/d')
sed "${six[@]}" -e "s|listen 80;|listen 127.0.0.1:$http;|" -e "s|listen 443|listen 127.0.0.1:$https|" \
    -e "s|server 127.0.0.1:8080|server $api|" -e "s|server 127.0.0.1:8089|server $admin|" \
    -e "s|allow 192.0.2.10;|allow 127.0.0.2;|" -e "s|/etc/nginx/tls|$WORK/tls|" -e "s|/var/log/nginx|$WORK/logs|" \
    "$DEPLOY/nginx.conf" >"$WORK/site.conf"
{
    [ "$(id -u)" != 0 ] || echo 'user root;'
    echo "daemon off; pid $WORK/pid; error_log $WORK/logs/nginx.log; events {} http {"
    for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $WORK/temp/$kind;"; done
    echo "include $WORK/site.conf; }"
} >"$WORK/nginx.conf"
said=$(nginx -t -q -p "$WORK" -e "$WORK/logs/nginx.log" -c "$WORK/nginx.conf" 2>&1) || fail "nginx refuses the sample: $said"
ok "nginx understands the sample"
nginx -p "$WORK" -e "$WORK/logs/nginx.log" -c "$WORK/nginx.conf" 2>>"$WORK/logs/nginx.log" &
started+=("$!")

ask() {
    local path=$1
    shift
    curl -s --max-time 20 --cacert "$WORK/tls/hongbao.crt" --resolve "api.example.com:$https:127.0.0.1" \
        "https://api.example.com:$https$path" "$@"
}
until_is "nginx" ask /nothing
status() { ask "$1" -o /dev/null -w '%{http_code}' "${@:2}"; }

reply=$(ask /im/msg_redpack_publish -d session_key=demo-alice -d toUserId=bob -d coin_id=CNY -d amount=8.88 -d content=hi)
has "a packet is sent by way of nginx" "$reply" '"status":0'
id=$(sed 's/.*"transfer_id":"\([^"]*\)".*/\1/' <<<"$reply")
has "and taken" "$(ask /im/msg_redpack_accept -d session_key=demo-bob -d "transfer_id=$id")" '"status":0'
has "a key in the query works" "$(ask '/im/asset_list?session_key=demo-alice')" '"status":0'
has "an answer tells to use TLS only" "$(ask /im/asset_list -d session_key=demo-alice -D - -o /dev/null)" strict-transport-security
is "nothing is told in the clear" "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$http/im/asset_list?session_key=demo-alice")" 403
for path in /livez /readyz /metrics /admin /admin/users / /imx; do
    is "$path is not for the outside" "$(status "$path")" 404
done
has "a path that there is not has the server's envelope" "$(ask /im/nothing)" '"code":"invalid_request"'
head -c 1500000 /dev/zero | tr '\0' a >"$WORK/long"
head -c 3000000 /dev/zero | tr '\0' a >"$WORK/longer"
for body in long longer; do
    has "a body that is too long ($body) has an envelope" "$(ask /im/msg_private_publish -d "@$WORK/$body")" '"status":100'
done
is "it is HTTP/2" "$(ask /im/nothing -o /dev/null -w '%{http_version}')" 2

# The admin API, asked by the backend unless another address is named.
manage() {
    local path=$1
    shift
    curl -s --max-time 20 --cacert "$WORK/tls/hongbao-admin.crt" --resolve "$inside:$https:127.0.0.1" --interface 127.0.0.2 \
        -H 'Authorization: Bearer demo-admin' "https://$inside:$https$path" "$@"
}
managed() { manage "$1" -o "$WORK/managed" -w '%{http_code} %{content_type}' "${@:2}"; }
has "the backend reaches the admin API by way of nginx" "$(manage /admin/v1/users/alice)" '"user_id":"alice"'
has "and changes something there" "$(manage /admin/v1/users/erin -X PUT -H 'Content-Type: application/json' -d '{"name":"Erin"}')" '"name":"Erin"'
has "its own problems come through" "$(managed /admin/v1/users/nobody)" '404 application/problem+json'
has "and its description" "$(manage /openapi.json)" '"openapi":"3.1'
for path in /docs /docs/page.js; do is "and $path" "$(managed "$path" | cut -d' ' -f1)" 200; done
for path in /metrics /im/asset_list /livez /; do
    is "$path is not passed on there" "$(managed "$path" | cut -d' ' -f1)" 404
done
is "another address does not reach it" "$(managed /admin/v1/users/alice --interface 127.0.0.1 | cut -d' ' -f1)" 403
is "nor by the name of the outside" "$(ask /admin/v1/users/alice -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer demo-admin')" 404
is "nor with the head of the inside" "$(status /admin/v1/users/alice -H "Host: $inside" -H 'Authorization: Bearer demo-admin')" 403
for body in long longer; do
    is "a body that is too long ($body) is a problem" "$(managed /admin/v1/deposits -H 'Content-Type: application/json' -d "@$WORK/$body")" \
        "413 application/problem+json"
    has "with its code" "$(cat "$WORK/managed")" '"code":"body_too_large"'
done

# What renews a certificate ends with a reload.
export -f certify
export WORK
reload="nginx -s reload -p $WORK -e $WORK/logs/nginx.log -c $WORK/nginx.conf"
"$PYTHON" scripts/check-deploy.d/reload.py "$https" "$WORK/tls/hongbao.crt" 'certify hongbao api.example.com' "$reload"

# More than the rate and the burst at once.
for _ in $(seq 400); do printf 'url = "https://api.example.com:%s/im/nothing"\n' "$https"; done >"$WORK/many"
curl -s --parallel --parallel-max 100 --cacert "$WORK/tls/hongbao.crt" --resolve "api.example.com:$https:127.0.0.1" \
    -K "$WORK/many" >"$WORK/answers" 2>/dev/null
has "too many requests of one address are refused with an envelope" "$(cat "$WORK/answers")" '"code":"rate_limited"'

# What a server is told of the caller: what stands in its place writes the head down.
kill -TERM "$demo"
wait "$demo" || fail "the server does not stop well"
until_is "calm" ask /im/nothing
away='"status":121,"data":{"code":"unavailable"'
answer=$(ask '/im/asset_list?session_key=demo-alice')
has "without a server there is an envelope" "$answer" "$away"
has "which does not ask for a repeat" "$answer" '"retryable":false'
has "unless there is a key" "$(ask /im/msg_redpack_publish -d amount=1 -H 'Idempotency-Key: k')" '"retryable":true'
is "as HTTP" "$(status /im/asset_list)" 503
is "the admin API has a problem then" "$(managed /admin/v1/users/alice)" "503 application/problem+json"
has "by its code" "$(cat "$WORK/managed")" '"code":"unavailable"'
"$PYTHON" -c '
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Seen(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        head = str(self.headers).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(head)))
        self.end_headers()
        self.wfile.write(head)
    def log_message(self, *args):
        pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Seen).serve_forever()' "${api##*:}" &
started+=("$!")
until_is "what stands in its place" curl -sf "http://$api/"
sleeps() { ask /im/user_info -H 'X-Forwarded-For: 203.0.113.7' -H 'Forwarded: for=203.0.113.7' | grep -i forwarded | tr -d '\r'; }
until_is "nginx to try it again" sleeps
is "a caller cannot say who it is" "$(sleeps | sort | paste -sd,)" "X-Forwarded-For: 127.0.0.1,X-Forwarded-Proto: https"

# The line of the page about traces, in the place where the page wants it.
traces() { ask /im/user_info -H 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' | grep -ic '^traceparent' || true; }
is "a caller's trace is handed on" "$(traces)" 1
for page in docs/operations/traces.md docs/operations/traces.zh.md; do
    line=$(grep -o 'proxy_set_header traceparent "";' "$page") || fail "$page has no line for nginx"
    cp "$WORK/site.conf" "$WORK/site.before"
    sed -i "s|^        proxy_set_header Forwarded \"\";|&\n        $line|" "$WORK/site.conf"
    $reload
    until_is "nginx without traces" eval '[ "$(traces)" = 0 ]'
    ok "the line of $page drops it"
    mv "$WORK/site.before" "$WORK/site.conf"
    $reload
    until_is "nginx with traces" eval '[ "$(traces)" = 1 ]'
done

is "requests are in the log" "$([ "$(grep -c '/im/msg_redpack_publish' "$WORK/logs/hongbao.access.log")" -ge 1 ] && echo yes)" yes
is "no session key is in any log" "$(grep -rl demo-alice "$WORK/logs" || true)" ""
