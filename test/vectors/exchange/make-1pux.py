#!/usr/bin/env python3
"""Packs 1password-data.json and a document as 1Password does: export.attributes, export.data and files/."""
import json, pathlib, zipfile

folder = pathlib.Path(__file__).parent
with zipfile.ZipFile(folder / "1password.1pux", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("export.attributes", json.dumps({"version": 3, "description": "1Password Unencrypted Export", "createdAt": 1700000000}))
    archive.writestr("export.data", (folder / "1password-data.json").read_bytes())
    archive.writestr("files/dddddddddddddddddddddddddd__contract.txt", "attached text\n")
