"""Volumes as a kubelet makes them: files below `..data`, which one rename exchanges as a whole."""

import base64
import datetime
import os
import shutil
import subprocess


def contents(each):
    """The files that a ConfigMap or Secret holds."""
    files = {key: text.encode() for key, text in {**(each.get("data") or {}), **(each.get("stringData") or {})}.items()}
    if each["kind"] == "Secret":
        files.update({key: base64.b64decode(text) for key, text in (each.get("data") or {}).items()})
    return files


class AtomicFolder:
    """A generation of files in a folder of its own; `..data` says which one counts."""

    def __init__(self, path, mode, group):
        self.path, self.mode, self.group = path, mode, group
        path.mkdir(parents=True)

    def write(self, files):
        now = datetime.datetime.now(datetime.timezone.utc)
        generation = self.path / now.strftime("..%Y_%m_%d_%H_%M_%S.%f")
        generation.mkdir()
        for name, data in files.items():
            file = generation / name
            file.write_bytes(data)
            file.chmod(self.mode)
            if self.group is not None:
                os.chown(file, 0, self.group)
        old = self.path / os.readlink(self.path / "..data") if (self.path / "..data").is_symlink() else None
        (self.path / "..data_tmp").symlink_to(generation.name)
        os.rename(self.path / "..data_tmp", self.path / "..data")
        for name in files:
            if not (self.path / name).is_symlink():
                (self.path / name).symlink_to(f"..data/{name}")
        for gone in self.path.iterdir():
            if gone.is_symlink() and not gone.name.startswith("..") and gone.name not in files:
                gone.unlink()
        if old:
            shutil.rmtree(old)


class Volumes:
    """The volumes of one pod, in a folder of the node."""

    def __init__(self, folder, spec, find, claims):
        """`find` gives an object by kind and name, or None; `claims` is where persistent volumes are."""
        self.folder, self.find, self.claims = folder, find, claims
        self.group = spec.get("securityContext", {}).get("fsGroup")
        self.paths, self.atomic, self.mounted = {}, {}, []
        for volume in spec.get("volumes", []):
            self.make(volume)

    def make(self, volume):
        (kind,) = set(volume) - {"name"}
        name, source = volume["name"], volume[kind]
        path = self.folder / name
        if kind in ("configMap", "secret", "projected"):
            self.atomic[name] = (AtomicFolder(path, source.get("defaultMode", 0o644), self.group), kind, source)
            self.refresh(name)
        elif kind == "emptyDir":
            path.mkdir(parents=True)
            if source.get("medium") == "Memory":
                size = source["sizeLimit"].replace("Mi", "m")
                subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=True)
                self.mounted.append(path)
            self.give(path, 0o2777)
        elif kind == "persistentVolumeClaim":
            path = self.claims / source["claimName"]
            if not path.exists():
                path.mkdir(parents=True)
                self.give(path, 0o2775)
        else:
            raise AssertionError(f"a volume of kind {kind}")
        self.paths[name] = path

    def give(self, path, mode):
        os.chown(path, 0, 0 if self.group is None else self.group)
        path.chmod(mode)

    def files(self, kind, source):
        if kind == "configMap":
            return contents(self.find("ConfigMap", source["name"]))
        if kind == "secret":
            return self.chosen(source["secretName"], source)
        files = {}
        for each in source["sources"]:
            (inner,) = each
            assert inner == "secret", inner
            files.update(self.chosen(each[inner]["name"], each[inner]))
        return files

    def chosen(self, name, source):
        found = self.find("Secret", name)
        if found is None:
            assert source.get("optional"), f"there is no Secret {name}, and it is not optional"
            return {}
        held = contents(found)
        items = source.get("items") or [{"key": key, "path": key} for key in held]
        return {item["path"]: held[item["key"]] for item in items if item["key"] in held or not source.get("optional")}

    def refresh(self, name=None):
        """What a kubelet does every minute or so: puts what has changed into place."""
        for each in [name] if name else list(self.atomic):
            folder, kind, source = self.atomic[each]
            folder.write(self.files(kind, source))

    def close(self):
        for path in self.mounted:
            subprocess.run(["umount", "-l", path], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
