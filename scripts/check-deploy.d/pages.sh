# The pages: their links, and what they show.

"$PYTHON" scripts/check-deploy.d/pages.py "$HONGBAO" docs/operations/running.md docs/operations/running.zh.md
