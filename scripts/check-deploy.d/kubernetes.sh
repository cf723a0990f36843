# The manifests, by the schemas of Kubernetes and by what they must agree on.

files=("$DEPLOY"/kubernetes/*.yaml)
validate() { "$home_python/kubernetes-validate" --strict --quiet "$@" 2>&1; }
home_python=$(dirname "$PYTHON")
# The oldest version with schemas, and the newest.
for version in 1.25 1.37; do
    said=$(validate -k "$version" "${files[@]}") || fail "Kubernetes $version refuses the manifests: $said"
    ok "Kubernetes $version takes the manifests"
done
sed 's/readinessProbe:/readynessProbe:/' "$DEPLOY/kubernetes/server.yaml" >"$WORK/wrong.yaml"
validate -k 1.37 "$WORK/wrong.yaml" >/dev/null && fail "a key that there is not is taken"
ok "a key that there is not is refused"
"$PYTHON" scripts/check-deploy.d/manifests.py "$HONGBAO" "$WORK" "$DEPLOY/prometheus/prometheus-kubernetes.yml" \
    docs/operations/running.md,docs/operations/running.zh.md "${files[@]}"
