#!/usr/bin/env python3
"""Protects bitwarden.json with the password "golden password", as Bitwarden's exports are protected.

Nothing of Keystead is used: PBKDF2, Argon2id, HKDF and AES come from Python's hashlib and the package cryptography.
"""
import base64, hashlib, hmac, json, os, pathlib
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.padding import PKCS7

folder = pathlib.Path(__file__).parent
password = b"golden password"
plain = (folder / "bitwarden.json").read_bytes()

def text(data):
    return base64.b64encode(data).decode()

def enc_string(key, data):
    encryption, authentication = (hmac.new(key, info + b"\x01", hashlib.sha256).digest() for info in (b"enc", b"mac"))
    iv, padder = os.urandom(16), PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(encryption), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
    return f"2.{text(iv)}|{text(ciphertext)}|{text(hmac.new(authentication, iv + ciphertext, hashlib.sha256).digest())}"

def write(name, kdf, key):
    export = {"encrypted": True, "passwordProtected": True, "salt": salt, **kdf, "encKeyValidation_DO_NOT_EDIT": enc_string(key, b"6f0d2f6c-0000-4000-8000-000000000000"), "data": enc_string(key, plain)}
    (folder / name).write_text(json.dumps(export, indent=2) + "\n")

salt = text(os.urandom(16))
write("bitwarden-pbkdf2.json", {"kdfType": 0, "kdfIterations": 5000}, hashlib.pbkdf2_hmac("sha256", password, salt.encode(), 5000, 32))
argon2 = Argon2id(salt=hashlib.sha256(salt.encode()).digest(), length=32, iterations=2, lanes=4, memory_cost=16 * 1024)
write("bitwarden-argon2.json", {"kdfType": 1, "kdfIterations": 2, "kdfMemory": 16, "kdfParallelism": 4}, argon2.derive(password))
