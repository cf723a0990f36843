# docker-compose.yml, as Docker Compose reads it.

# This version lists those of every profile.
services() { docker-compose --env-file "$1" config --services | sort | paste -sd,; }
is "the services with a sandbox are understood" "$(services sandbox.env)" postgres,sandbox,server
config=$(docker-compose --env-file sandbox.env config)
has "the admin API is listened for in the container" "$config" "HONGBAO__ADMIN__LISTEN: 0.0.0.0:8089"
published=$("$PYTHON" -c '
import sys, yaml
for each in yaml.safe_load(sys.stdin)["services"]["server"]["ports"]:
    print(each if isinstance(each, str) else "{host_ip}:{published}:{target}".format(**each))' <<<"$config")
is "this machine alone reaches both listeners" "$(sed 's|/tcp$||' <<<"$published" | paste -sd,)" \
    127.0.0.1:8080:8080,127.0.0.1:8089:8089
printf 'POSTGRES_PASSWORD=word\nIM_APP_KEY=key\nIM_APP_SECRET=secret\n' >"$WORK/real.env"
is "with the real cloud too" "$(services "$WORK/real.env")" postgres,sandbox,server
grep -v IM_APP_SECRET "$WORK/real.env" >"$WORK/poor.env"
refused=$(docker-compose --env-file "$WORK/poor.env" config 2>&1) && fail "it starts without a secret"
has "there is no start without a secret" "$refused" "set IM_APP_SECRET"
