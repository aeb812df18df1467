"""Decrypts values as their applications do, with python3-cryptography and without any code of Keel's.

Reads lines of JSON {application, key, ciphertext} and prints for each the plaintext in hexadecimal, or null where it is refused.
Bytes of the database are given as `\\x…`.
"""
import base64
import hashlib
import json
import re
import sys

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt


def b64(text):
    text = re.sub(r"\s", "", text)
    return base64.b64decode(text + "=" * (-len(text) % 4))


def url64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def gcm(key, iv, body, tag, aad=None):
    return AESGCM(key).decrypt(iv, body + tag, aad)


def cbc(key, iv, body):
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(cipher.update(body) + cipher.finalize()) + unpadder.finalize()


def cfb(key, both):
    cipher = Cipher(algorithms.AES(key), modes.CFB(both[:16])).decryptor()
    return cipher.update(both[16:]) + cipher.finalize()


def sha256(key):
    return hashlib.sha256(key.encode()).digest()


def gitea(key, text):
    if not text.startswith("v2:"):
        return b64(cfb(sha256(key), bytes.fromhex(text)).decode())
    made = hash_secret_raw(key.encode(), b"gitea-secret", 3, 65536, 4, 32, Type.ID)
    return b64(cfb(made, bytes.fromhex(text[len("v2:") :])).decode())


def hkdf(secret, info, length=32, salt=None):
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def salted(key, text):
    both = b64(text)
    assert both[:8] == b"Salted__"
    made = b""
    last = b""
    while len(made) < 48:
        last = hashlib.md5(last + key.encode() + both[8:16]).digest()
        made += last
    return cbc(made[:32], made[32:48], both[16:])


def n8n(key, text):
    if text.startswith("U2FsdGVk"):
        return salted(key, text)
    both = b64(text)
    made = hkdf(sha256(key), b"n8n-encryption-v1", 44, both[1:33])
    return gcm(made[:32], made[32:], both[49:], both[33:49])


def parts(text):
    return [bytes.fromhex(part) for part in text.split(":")]


def langfuse(key, text):
    iv, body, tag = parts(text)
    return gcm(bytes.fromhex(key), iv, body, tag)


def formbricks(key, text):
    iv, body, tag = parts(text)
    return gcm(bytes.fromhex(key) if len(key) == 64 else key.encode("latin1"), iv, body, tag)


def lobehub(key, text):
    iv, tag, body = parts(text)
    return gcm(b64(key), iv, body, tag)


def typebot(key, columns):
    both = b64(columns["data"])
    return gcm(key.encode(), bytes.fromhex(columns["iv"]), both[:-16], both[-16:])


def trigger(key, text):
    found = {name: bytes.fromhex(value) for name, value in json.loads(text).items()}
    return gcm(key.encode(), found["nonce"], found["ciphertext"], found["tag"])


def joined_gcm(read_key, read_text, tag_at="end", nonce=12):
    def read(key, text):
        both = read_text(text)
        if tag_at == "end":
            return gcm(read_key(key), both[:nonce], both[nonce:-16], both[-16:])
        return gcm(read_key(key), both[:nonce], both[nonce + 16 :], both[nonce : nonce + 16])

    return read


def nango(key, columns):
    return gcm(b64(key), b64(columns["iv"]), b64(columns["value"]), b64(columns["tag"]))


def gitlab(key, columns):
    both = database_bytes(columns["encrypted"])
    return gcm(key.encode()[:32], database_bytes(columns["iv"]), both[:-16], both[-16:])


def plausible(key, text):
    both = database_bytes(text)
    return gcm(b64(key), both[12:24], both[40:], both[24:40], b"AES256GCM")


def payload(key, text):
    secret = hkdf(key.encode(), b"payload-secret-v1")
    _, key_id, *rest = text.split(":")
    assert key_id == hashlib.sha256(secret).hexdigest()[:16]
    iv, tag, body = [bytes.fromhex(part) for part in rest]
    return gcm(secret, iv, body, tag)


def litellm(key, text):
    assert text.startswith("v3:gcm:")
    return joined_gcm(lambda one: hkdf(one.encode(), b"litellm-at-rest-v3"), lambda one: url64(one[7:]))(key, text)


def directus(key, text):
    _, _, n, r, p, *rest = text.split("||")
    salt, iv, body, tag = [b64(part) for part in rest]
    return gcm(Scrypt(salt, 32, int(n), int(r), int(p)).derive(key.encode()), iv, body, tag)


def hex_cbc(read_key):
    def read(key, text):
        iv, body = parts(text)
        return cbc(read_key(key), iv, body)

    return read


def activepieces(key, text):
    found = json.loads(text)
    return cbc(key.encode(), bytes.fromhex(found["iv"]), bytes.fromhex(found["data"]))


def outline(key, text):
    both = database_bytes(text)
    return cbc(bytes.fromhex(key), both[:16], both[16:])


def fernet(read_key):
    def read(key, text):
        one = [Fernet(base64.urlsafe_b64encode(read_key(part))) for part in key.split(",")]
        return MultiFernet(one).decrypt(text.encode())

    return read


def plane(key):
    return hashlib.pbkdf2_hmac("sha256", key.encode(), b"salt", 100000, 32)


def grafana(key, text):
    both = b64(text)
    assert both.startswith(b"*YWVzLWNmYg*")
    both = both[12:]
    return cfb(hashlib.pbkdf2_hmac("sha256", key.encode(), both[:8], 10000, 32), both[8:])


def laravel(key, text):
    secret = b64(key[7:]) if key.startswith("base64:") else key.encode()
    found = json.loads(b64(text))
    if not found["mac"]:
        return gcm(secret, b64(found["iv"]), b64(found["value"]), b64(found["tag"]))
    import hmac

    made = hmac.new(secret, (found["iv"] + found["value"]).encode(), "sha256").hexdigest()
    assert hmac.compare_digest(made, found["mac"])
    return cbc(secret, b64(found["iv"]), b64(found["value"]))


def rails(key, text):
    secret, salt = key.split(":")
    found = json.loads(text)
    parts = [b64(found["h"]["iv"]), b64(found["p"]), b64(found["h"]["at"])]
    for digest in ("sha256", "sha1"):
        try:
            return gcm(hashlib.pbkdf2_hmac(digest, secret.encode(), salt.encode(), 65536, 32), *parts)
        except InvalidTag:
            pass
    raise InvalidTag


def database_bytes(text):
    return bytes.fromhex(text[2:])


def ascii_of(text):
    return database_bytes(text).decode()


def any_base64(key):
    return url64(key.replace("+", "-").replace("/", "_"))


readers = {
    "n8n": n8n,
    "flowise": salted,
    "nocodb": salted,
    "langfuse": langfuse,
    "formbricks": formbricks,
    "lobehub": lobehub,
    "typebot": typebot,
    "trigger-dev": trigger,
    "semaphore": joined_gcm(b64, b64),
    "gitlab": gitlab,
    "nango": nango,
    "plausible": plausible,
    "payload": payload,
    "litellm": litellm,
    "superset": joined_gcm(sha256, lambda text: b64(ascii_of(text)), "middle"),
    "directus": directus,
    "outline": outline,
    "hoppscotch": hex_cbc(lambda key: key.encode("latin1")),
    "activepieces": activepieces,
    "postiz": hex_cbc(lambda key: Scrypt(b"salt", 32, 16384, 8, 1).derive(key.encode())),
    "airweave": fernet(any_base64),
    "airflow": fernet(any_base64),
    "pulp": fernet(any_base64),
    "posthog": fernet(lambda key: key.encode()),
    "plane": fernet(plane),
    "harbor": lambda key, text: cfb(key.encode(), b64(text[len("<enc-v1>") :])),
    "zitadel": lambda key, text: cfb(key.encode(), url64(text)),
    "gitea": gitea,
    "grafana": grafana,
    "laravel": laravel,
    "rails": rails,
}

for line in sys.stdin:
    value = json.loads(line)
    try:
        plaintext = readers[value["application"]](value["key"], value["ciphertext"])
        print(json.dumps(plaintext.hex()))
    except Exception:
        print("null")
