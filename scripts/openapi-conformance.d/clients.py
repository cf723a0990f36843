"""Clients that are generated from the documents: each is compiled, and drives the first minute of a server of its own."""

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path

from check import check
from server import Server

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
work, node, documents = (Path(argument).resolve() for argument in sys.argv[1:])


def run(name, command, folder):
    """Runs a step, which must succeed; what it checked itself is passed on."""
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONPATH": f"{folder}:{HERE}"}
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, timeout=240)
    sys.stdout.write("".join(line for line in done.stdout.splitlines(True) if line.startswith(("ok ", "not ok "))))
    check(name, done.returncode, 0)
    if done.returncode != 0:
        print(done.stdout[-3000:], done.stderr[-3000:], file=sys.stderr)


typescript = work / "typescript"
typescript.mkdir(parents=True)
(typescript / "node_modules").symlink_to(node / "node_modules")
(typescript / "package.json").write_text('{ "type": "module" }')
shutil.copy(HERE / "minute.ts", typescript)
tools = node / "node_modules/.bin"
for api in ("im", "admin"):
    run(f"TypeScript: {api} is generated", [tools / "openapi-typescript", documents / f"{api}.json", "-o", f"{api}.ts"], typescript)
strict = ["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node", "--typeRoots", node / "node_modules/@types"]
run("TypeScript: all of it compiles", [tools / "tsc", *strict, "minute.ts"], typescript)

python = work / "python"
python.mkdir()
for api in ("im", "admin"):
    generate = ["generate", "--path", documents / f"{api}.json", "--meta", "none", "--output-path", f"hongbao_{api}", "--fail-on-warning"]
    run(f"Python: {api} is generated", [BIN / "openapi-python-client", *generate], python)
check("Python: all of it compiles", bool(compileall.compile_dir(python, quiet=1)), True)
shutil.copy(HERE / "minute.py", python)
# The module that is the same in each generated client is the generator's.
(python / "mypy.ini").write_text("[mypy]\nmypy_path = $MYPY_CONFIG_FILE_DIR\n[mypy-hongbao_im.client,hongbao_admin.client]\nignore_errors = True\n")
(python / "check.pyi").write_text("def check(name: str, found: object, expected: object) -> None: ...\n")
run("Python: its types are right", [BIN / "mypy", "--strict", "hongbao_im", "hongbao_admin", "minute.py"], python)

with Server(work / "clients") as server:
    run("TypeScript: the first minute", ["node", "minute.js", server.im, server.admin], typescript)
    run("Python: the first minute", [sys.executable, "minute.py", server.im, server.admin], python)
