"""A kubectl that keeps objects in the file STATE, and its calls in CALLS. The rollout of FAIL fails while its image is BAD's."""

import base64, json, os, pathlib, re, sys
import yaml

state = pathlib.Path(os.environ["STATE"])
objects = json.loads(state.read_text()) if state.exists() else {}
arguments = sys.argv[1:]
arguments = [part for each in arguments for part in (each.split("=", 1) if each.startswith("--field") else [each])]
with open(os.environ["CALLS"], "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\n")
option = lambda name: arguments[arguments.index(name) + 1] if name in arguments else None
key = lambda each: f"{each['kind'].lower()}/{each['metadata']['name']}"


def done(text="", code=0):
    state.write_text(json.dumps(objects))
    sys.stdout.write(text)
    sys.exit(code)


verb = arguments[0]
if verb == "api-resources":
    done("podmonitors.monitoring.coreos.com\nprometheusrules.monitoring.coreos.com\n")
if verb == "create" and "--dry-run=client" in arguments:
    path = pathlib.Path(option("--from-file"))
    done(yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "lonja-release"},
                         "binaryData": {path.name: base64.b64encode(path.read_bytes()).decode()}}))
if verb == "apply":
    assert "--server-side" in arguments and option("--field-manager") == "lonja-pipeline"
    # The ConfigMap that is kept has none.
    wanted = option("--selector") or " notin ()"
    for each in yaml.safe_load_all(pathlib.Path(option("--filename")).read_text()):
        if not each:
            continue
        component = each["metadata"].get("labels", {}).get("app.kubernetes.io/component")
        others = re.search(r" notin \((.*)\)", wanted)
        if component in others[1].split(",") if others else component != wanted.split("=")[1]:
            continue
        if each["kind"] == "Job":
            assert key(each) not in objects, "a Job cannot be changed"
        objects[key(each)] = each
    done()
if verb == "delete":
    what = "/".join(arguments[1:3]) if "/" not in arguments[1] else arguments[1]
    objects.pop(what, None)
    done()
if verb == "get" and arguments[1] == "configmap":
    found = objects.get("configmap/lonja-release")
    done(found["binaryData"]["manifests.gz"] if found else "")
if verb == "get" and arguments[1] == "job":
    name = f"job/{arguments[2]}"
    assert name in objects
    done("FailureTarget Failed " if os.environ.get("JOB_FAILS") == name else "SuccessCriteriaMet Complete ")
if verb == "rollout":
    each = objects[arguments[2]]
    image = each["spec"]["template"]["spec"]["containers"][0]["image"]
    bad = arguments[2] == os.environ.get("FAIL") and os.environ.get("BAD", "") in image
    done("error: exceeded its progress deadline\n" if bad else "ok\n", 1 if bad else 0)
done()
