# The pages for operators, each in both languages: their links, and what they show.

pages=(running metrics traces)
mapfile -t pages < <(for page in "${pages[@]}"; do echo "docs/operations/$page.md"; echo "docs/operations/$page.zh.md"; done)
"$PYTHON" scripts/check-deploy.d/pages.py "$HONGBAO" "${pages[@]}" docs/admin.md docs/admin.zh.md
