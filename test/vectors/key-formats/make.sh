#!/bin/sh
# Makes the files of this folder anew, with new keys: see README.md.
set -eu
cd "$(dirname "$0")"
pass='pass:correct horse 电池'

# One key per spec: PKCS#8 (PEM), public key (SPKI, DER).
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa_2048.pem
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out rsa_3072.pem
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out rsa_4096.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec_p256.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out ec_p384.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out ec_p256k.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out ec_sm2.pem
openssl genpkey -quiet -algorithm ed25519 -out ed25519.pem
for spec in rsa_2048 rsa_3072 rsa_4096 ec_p256 ec_p384 ec_p256k ec_sm2 ed25519; do
  openssl pkey -in "$spec.pem" -pubout -outform DER -out "$spec.spki.der"
done
openssl pkey -in ec_p256.pem -outform DER -out ec_p256.pkcs8.der

# Encrypted PKCS#8.
openssl pkcs8 -topk8 -in rsa_2048.pem -passout "$pass" -out rsa_2048.pbes2-aes256-sha256.pem
openssl pkcs8 -topk8 -in rsa_3072.pem -passout "$pass" -v2 aes-128-cbc -v2prf hmacWithSHA1 -iter 5000 -out rsa_3072.pbes2-aes128-sha1.pem
openssl pkcs8 -topk8 -in ec_p384.pem -passout "$pass" -v2 aes-192-cbc -v2prf hmacWithSHA512 -outform DER -out ec_p384.pbes2-aes192-sha512.der
openssl pkcs8 -topk8 -in ec_p256k.pem -passout "$pass" -v2 des3 -out ec_p256k.pbes2-des3.pem
openssl pkcs8 -topk8 -in ec_sm2.pem -passout "$pass" -v2 aes-256-cbc -out ec_sm2.pbes2-aes256-sha256.pem
openssl pkcs8 -topk8 -in ed25519.pem -passout "$pass" -v1 PBE-SHA1-3DES -out ed25519.pbe-sha1-3des.pem
openssl pkcs8 -topk8 -in ec_p256.pem -passout "$pass" -v1 PBE-SHA1-2DES -out ec_p256.pbe-sha1-2des.pem
openssl pkcs8 -topk8 -in ec_p256.pem -passout "$pass" -scrypt -out ec_p256.scrypt.pem
openssl pkcs8 -topk8 -in ec_p256.pem -passout "$pass" -v1 PBE-MD5-DES -provider legacy -provider default -out ec_p256.pbe-md5-des.pem

# Traditional PEM and DER, plain and encrypted ("Proc-Type").
openssl pkey -in rsa_2048.pem -traditional -out rsa_2048.pkcs1.pem
openssl rsa -in rsa_2048.pem -traditional -outform DER -out rsa_2048.pkcs1.der
openssl ecparam -name secp256k1 -out ec_p256k.sec1.pem
openssl pkey -in ec_p256k.pem -traditional >> ec_p256k.sec1.pem
openssl ec -in ec_p256.pem -outform DER -out ec_p256.sec1.der
openssl ec -in ec_sm2.pem -out ec_sm2.sec1.pem
openssl rsa -in rsa_2048.pem -traditional -aes256 -passout "$pass" -out rsa_2048.proc-type-aes256.pem
openssl rsa -in rsa_3072.pem -traditional -des3 -passout "$pass" -out rsa_3072.proc-type-des3.pem
openssl ec -in ec_p384.pem -aes128 -passout "$pass" -out ec_p384.proc-type-aes128.pem
openssl ec -in ec_p256.pem -camellia128 -passout "$pass" -out ec_p256.proc-type-camellia.pem

# OpenSSH's own format.
for spec in rsa_2048 ec_p256 ec_p384; do
  for cipher in none aes256-ctr; do
    cp "$spec.pem" "$spec.openssh-$cipher.pem"
    chmod 600 "$spec.openssh-$cipher.pem"
  done
  ssh-keygen -q -p -N '' -f "$spec.openssh-none.pem"
  ssh-keygen -q -p -N "${pass#pass:}" -Z aes256-ctr -a 16 -f "$spec.openssh-aes256-ctr.pem"
done
ssh-keygen -q -t ed25519 -N '' -C '' -f ed25519_ssh
mv ed25519_ssh ed25519_ssh.openssh-none.pem
for cipher in aes256-ctr aes256-cbc aes256-gcm@openssh.com; do
  file="ed25519_ssh.openssh-${cipher%@openssh.com}.pem"
  cp ed25519_ssh.openssh-none.pem "$file"
  ssh-keygen -q -p -N "${pass#pass:}" -Z "$cipher" -a 2 -f "$file"
done
ssh-keygen -q -t ecdsa -b 521 -N '' -C '' -f ec_p521.openssh-none.pem
rm -f ./*.pub

# PKCS#12, each with a self-signed certificate.
for spec in rsa_2048 ec_p256 ec_p256k; do
  openssl req -x509 -new -key "$spec.pem" -subj "/CN=$spec.example" -days 36500 -out "$spec.crt.pem"
done
openssl pkcs12 -export -inkey rsa_2048.pem -in rsa_2048.crt.pem -name rsa -passout "$pass" -out rsa_2048.p12
openssl pkcs12 -export -inkey ec_p256.pem -in ec_p256.crt.pem -name ec -passout "$pass" -out ec_p256.p12
openssl pkcs12 -export -inkey ec_p256k.pem -in ec_p256k.crt.pem -passout "$pass" -keypbe AES-128-CBC -certpbe NONE -macalg sha512 -out ec_p256k.p12
openssl pkcs12 -export -legacy -inkey rsa_2048.pem -in rsa_2048.crt.pem -passout "$pass" -out rsa_2048.legacy.p12
openssl pkcs12 -export -legacy -inkey ec_p256.pem -in ec_p256.crt.pem -passout "$pass" -certpbe PBE-SHA1-RC2-128 -keypbe NONE -out ec_p256.rc2-128.p12
openssl pkcs12 -export -nokeys -in rsa_2048.crt.pem -passout "$pass" -out no-key.p12
openssl pkcs12 -export -inkey ec_p256.pem -in ec_p256.crt.pem -passout pass: -out empty-passphrase.p12

# JWK of the same keys.
node -e '
  const { createPrivateKey } = require("node:crypto")
  const { readFileSync, writeFileSync } = require("node:fs")
  for (const spec of ["rsa_2048", "ec_p256", "ec_p384", "ec_p256k", "ed25519"]) {
    const jwk = createPrivateKey(readFileSync(`${spec}.pem`)).export({ format: "jwk" })
    writeFileSync(`${spec}.jwk`, JSON.stringify(jwk, null, 2) + "\n")
  }'

# What is not supported.
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out unsupported.rsa_1024.pem
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3 -out unsupported.rsa_3_primes.pem
openssl genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out unsupported.rsa_pss.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out unsupported.ec_p521.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -out unsupported.ec_explicit.pem
openssl genpkey -quiet -algorithm ed448 -out unsupported.ed448.pem
openssl genpkey -quiet -algorithm x25519 -out unsupported.x25519.pem
mv ec_p256.scrypt.pem unsupported.scrypt.pem
mv ec_p256.pbe-md5-des.pem unsupported.pbe-md5-des.pem
mv ec_p256.proc-type-camellia.pem unsupported.proc-type-camellia.pem
mv ed25519_ssh.openssh-aes256-gcm.pem unsupported.openssh-aes256-gcm.pem
mv ec_p521.openssh-none.pem unsupported.openssh-ec_p521.pem
