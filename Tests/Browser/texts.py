"""What the client says, from its own catalogues: texts("es").auth.login.title."""

import functools
import json
import subprocess
from types import SimpleNamespace

from harness import ROOT

CLIENT = ROOT / "Plugins/Web/client"

# A text with values in it becomes a format: "As of {0}".
PRINT = """
const shown = (value) => {
    if (typeof value === 'function') {
        try { return String(value('{0}', '{1}', '{2}', '{3}')); } catch { return null; }
    }
    if (Array.isArray(value)) return value.map(shown);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]));
};
console.log(JSON.stringify(shown(all)));
"""


class Texts(SimpleNamespace):
    def __getitem__(self, name):
        return self.__dict__[name]


@functools.cache
def texts(language):
    names = sorted(path.stem for path in (CLIENT / "packages/i18n" / language).glob("*.ts"))
    source = "".join(f"import {{ {name} }} from './packages/i18n/{language}/{name}';\n" for name in names)
    source += f"const all = {{ {', '.join(names)} }};\n{PRINT}"
    bundle = subprocess.run(
        [
            "esbuild",
            "--bundle",
            "--format=esm",
            "--platform=node",
            "--loader=ts",
            "--preserve-symlinks",
            "--log-level=error",
        ],
        input=source,
        capture_output=True,
        text=True,
        check=True,
        cwd=CLIENT,
    )
    printed = subprocess.run(
        ["node", "--input-type=module"], input=bundle.stdout, capture_output=True, text=True, check=True
    )
    return json.loads(printed.stdout, object_hook=lambda members: Texts(**members))
