#!/usr/bin/env python3
"""A second reader of Holdfast's vaults, written from docs/vault-format.md alone.

usage: read_vault.py VAULT KEYFILE list
       read_vault.py VAULT KEYFILE restore BACKUP FOLDER

`restore` writes the files below FOLDER and, beside it, FOLDER.json: every entry with all its properties.
Needs PyNaCl and zstandard.
"""

import hashlib
import json
import os
import re
import stat
import sys

import nacl.bindings
import nacl.exceptions
import zstandard

KINDS = ["file", "folder", "symbolicLink", "hardLink", "characterDevice", "blockDevice", "pipe", "socket"]


def keyed_hash(key, data):
    return hashlib.blake2b(data, digest_size=32, key=key).digest()


def open_seal(key, context, sealed):
    return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[24:], context, sealed[:24], key)


def need(condition, reason):
    if not condition:
        raise SystemExit("damaged: " + reason)


class Key:
    ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    def __init__(self, text):
        text = re.sub(r"\s", "", text)
        if text.lower().startswith("holdfast-key-1:"):
            text = text[len("holdfast-key-1:"):]
        text = text.replace("-", "").upper().replace("O", "0").replace("I", "1").replace("L", "1")
        number = 0
        for character in text:
            number = number * 32 + self.ALPHABET.index(character)
        data = number.to_bytes(35, "big")
        self.master = data[:32]
        need(keyed_hash(self.subkey(0), b"recovery text")[:3] == data[32:], "the key has a typing error")

    def subkey(self, number):
        return hashlib.blake2b(
            b"", digest_size=32, key=self.master, salt=number.to_bytes(8, "little") + bytes(8),
            person=b"HFvault1" + bytes(8)).digest()


class Reader:
    def __init__(self, data):
        self.data = data
        self.offset = 0

    def take(self, count):
        need(self.offset + count <= len(self.data), "a record ends too early")
        self.offset += count
        return self.data[self.offset - count:self.offset]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def zigzag(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def bytes(self):
        return self.take(self.varint())

    def text(self):
        return self.bytes().decode("utf-8")

    def finish(self):
        need(self.offset == len(self.data), "a record is too long")


def read_catalogue(reader):
    blocks = []
    for _ in range(reader.varint()):
        kind = reader.take(1)[0]
        sealed, plain = reader.varint(), reader.varint()
        objects = []
        for _ in range(reader.varint()):
            name = reader.take(32)
            objects.append((name, reader.varint()))
        need(sum(length for _, length in objects) == plain, "a block's lengths do not add up")
        blocks.append((kind, sealed, plain, objects))
    return blocks


class Vault:
    def __init__(self, path, key):
        self.path = path
        self.key = key
        self.blocks = key.subkey(2)
        self.records = key.subkey(3)
        self.places = {}
        self.cache = {}
        self.check_config()
        self.read_index()

    def file(self, *parts):
        with open(os.path.join(self.path, *parts), "rb") as source:
            return source.read()

    def check_config(self):
        config = json.loads(self.file("config"))
        need(config["format"] == "holdfast-vault" and config["version"] == 1, "not a vault of version 1")
        signer = self.key.subkey(6)
        signed = {name: config[name] for name in ("created", "format", "id", "version")}
        text = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
        need(keyed_hash(signer, b"key check")[:16].hex() == config["keyCheck"], "another key")
        need(keyed_hash(signer, text)[:16].hex() == config["signature"], "the configuration was changed")

    def read_index(self):
        listed = set()
        for file in sorted(os.listdir(os.path.join(self.path, "index"))):
            if not file.endswith(".index"):
                continue
            data = self.file("index", file)
            need(data[:8] == b"HFINDEX1", "no index segment")
            context = b"HFINDEX1" + file[:-len(".index")].encode()
            reader = Reader(open_seal(self.records, context, data[8:]))
            for _ in range(reader.varint()):
                pack = reader.take(16)
                listed.add(pack)
                self.add(pack, read_catalogue(reader))
            reader.finish()
        for folder in os.listdir(os.path.join(self.path, "packs")):
            for file in os.listdir(os.path.join(self.path, "packs", folder)):
                if file.endswith(".pack"):
                    pack = bytes.fromhex(file[:-len(".pack")])
                    blocks = self.read_trailer(pack)
                    if pack not in listed:
                        self.add(pack, blocks)

    def pack_file(self, pack):
        return self.file("packs", pack.hex()[:2], pack.hex() + ".pack")

    def read_trailer(self, pack):
        data = self.pack_file(pack)
        need(data[:24] == b"HFPACK01" + pack, "no pack header")
        need(data[-8:] == b"HFPKEND1", "no pack footer")
        length = int.from_bytes(data[-12:-8], "little")
        trailer = data[len(data) - 12 - length:len(data) - 12]
        reader = Reader(open_seal(self.blocks, b"HFTRAIL1" + pack, trailer))
        blocks = read_catalogue(reader)
        reader.finish()
        need(24 + sum(block[1] for block in blocks) + length + 12 == len(data), "a pack's lengths do not add up")
        return blocks

    def add(self, pack, blocks):
        offset = 24
        for number, (kind, sealed, plain, objects) in enumerate(blocks):
            start = 0
            for name, length in objects:
                place = (pack, number, kind, offset, sealed, plain, start, length)
                self.places.setdefault(name, []).append(place)
                start += length
            offset += sealed

    def object(self, name):
        need(name in self.places, "object %s is missing" % name.hex())
        failure = None
        for place in self.places[name]:
            try:
                return self.copy(name, *place)
            except (SystemExit, OSError, nacl.exceptions.CryptoError) as error:
                failure = error
        raise failure

    def copy(self, name, pack, number, kind, offset, sealed, plain, start, length):
        if (pack, number) not in self.cache:
            context = b"HFBLOCK1" + pack + number.to_bytes(4, "little") + bytes([kind])
            payload = open_seal(self.blocks, context, self.pack_file(pack)[offset:offset + sealed])
            block = payload[1:]
            if payload[0] == 1:
                block = zstandard.ZstdDecompressor().decompress(block, max_output_size=plain)
            need(payload[0] in (0, 1) and len(block) == plain, "a block has another length")
            self.cache = {(pack, number): block}
        data = self.cache[pack, number][start:start + length]
        need(keyed_hash(self.key.subkey(1), data) == name, "object %s has another content" % name.hex())
        return data

    def backups(self):
        files = os.listdir(os.path.join(self.path, "backups"))
        return sorted(file[:-len(".manifest")] for file in files if file.endswith(".manifest"))

    def manifest(self, backup):
        data = self.file("backups", backup + ".manifest")
        need(data[:8] == b"HFMANIF1", "no manifest")
        end = 12 + int.from_bytes(data[8:12], "little")
        parts = []
        for part, sealed in (("summary", data[12:end]), ("details", data[end:])):
            payload = open_seal(self.records, ("HFMANIF1%s/%s" % (backup, part)).encode(), sealed)
            length = int.from_bytes(payload[:4], "little")
            text = zstandard.ZstdDecompressor().decompress(payload[4:], max_output_size=length)
            need(len(text) == length, "a manifest has another length")
            parts.append(json.loads(text))
        need(parts[0]["format"] == 1 and parts[0]["id"] == backup, "another manifest")
        return parts

    def content(self, pieces):
        for name, length in pieces:
            data = self.object(name)
            need(len(data) == length, "a piece has another length")
            yield data

    def entries(self, root):
        reader = Reader(self.object(root))
        need(reader.take(1) == b"\x01", "a tree of another version")
        last = None
        for _ in range(reader.varint()):
            name, count, first = reader.take(32), reader.varint(), reader.bytes()
            entries = list(self.segment(self.object(name)))
            need(len(entries) == count and entries[0]["path"] == first, "a segment is not what its root says")
            for entry in entries:
                need(last is None or last < entry["path"], "the entries are not in order")
                last = entry["path"]
                yield entry
        reader.finish()

    def segment(self, data):
        reader = Reader(data)
        need(reader.take(1) == b"\x01", "a segment of another version")
        old = dict(path=b"", mode=0, uid=0, gid=0, user="", group="", section=0, mtime=0, ctime=0, inode=0)
        for _ in range(reader.varint()):
            old = self.entry(reader, old)
            yield old
        reader.finish()

    @staticmethod
    def entry(reader, old):
        flags = reader.varint()
        entry = dict(kind=KINDS[flags & 7])
        shared = reader.varint()
        entry["path"] = old["path"][:shared] + reader.bytes()
        entry["mode"] = old["mode"] if flags & 16 else reader.varint()
        if flags & 8:
            for name in ("uid", "gid", "user", "group"):
                entry[name] = old[name]
        else:
            entry["uid"], entry["gid"] = reader.varint(), reader.varint()
            entry["user"], entry["group"] = reader.text(), reader.text()
        entry["section"] = old["section"] if flags & 32 else reader.varint()
        entry["size"] = reader.varint()
        entry["mtime"] = old["mtime"] + reader.zigzag()
        entry["ctime"] = entry["mtime"] if flags & 128 else old["ctime"] + reader.zigzag()
        entry["inode"] = (old["inode"] + reader.zigzag()) % (1 << 64)
        entry["link"] = reader.bytes() if flags & 256 else b""
        entry["device"] = (reader.varint(), reader.varint()) if flags & 512 else None
        entry["attributes"] = []
        if flags & 1024:
            for _ in range(reader.varint()):
                name = reader.bytes()
                entry["attributes"].append((name, reader.bytes()))
        entry["extents"] = None
        if flags & 2048:
            entry["extents"] = []
            for _ in range(reader.varint()):
                offset = reader.varint()
                entry["extents"].append((offset, reader.varint()))
        entry["content"] = []
        if flags & 64:
            entry["content"] = [(reader.take(32), entry["size"])]
        elif flags & 4096:
            for _ in range(reader.varint()):
                name = reader.take(32)
                entry["content"].append((name, reader.varint()))
        return entry


def restore_file(vault, entry, target):
    """Writes the content where its extents say, or from the beginning."""
    with open(target, "wb") as output:
        data = b"".join(vault.content(entry["content"]))
        if entry["extents"] is None:
            need(len(data) == entry["size"], "a file has another length")
            output.write(data)
            return
        for offset, length in entry["extents"]:
            output.seek(offset)
            output.write(data[:length])
            data = data[length:]
        need(data == b"", "a sparse file has another length")
        output.truncate(entry["size"])


def restore(vault, backup, folder):
    summary, details = vault.manifest(backup)
    folder = os.fsencode(folder)
    os.makedirs(folder)
    described = []
    later = []
    for entry in vault.entries(bytes.fromhex(details["tree"])):
        target = folder + entry["path"]
        os.makedirs(os.path.dirname(target), exist_ok=True)
        kind = entry["kind"]
        if kind == "file":
            restore_file(vault, entry, target)
        elif kind == "folder":
            os.makedirs(target, exist_ok=True)
        elif kind == "symbolicLink":
            os.symlink(entry["link"], target)
        elif kind == "hardLink":
            later.append((folder + entry["link"], target))
        elif kind == "pipe":
            os.mkfifo(target)
        if kind in ("file", "pipe", "folder"):
            os.chmod(target, entry["mode"] | (stat.S_IRWXU if kind == "folder" else 0))
            os.utime(target, ns=(entry["mtime"], entry["mtime"]))
        described.append({
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in entry.items() if name not in ("content", "attributes")})
        described[-1]["attributes"] = [[name.hex(), value.hex()] for name, value in entry["attributes"]]
    for source, target in later:
        os.link(source, target)
    sections = [
        dict(section, inventory=b"".join(
            vault.content([(bytes.fromhex(name), length) for name, length in section["inventory"]])).hex())
        for section in details["sections"]]
    with open(folder + b".json", "w") as output:
        json.dump({"summary": summary, "sections": sections, "notCovered": details["notCovered"],
                   "entries": described}, output)


def main():
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    with open(sys.argv[2]) as source:
        key = Key(source.read())
    vault = Vault(sys.argv[1], key)
    if sys.argv[3] == "list":
        for backup in vault.backups():
            print(backup, vault.manifest(backup)[0]["device"]["name"])
    else:
        restore(vault, sys.argv[4], sys.argv[5])


if __name__ == "__main__":
    main()
