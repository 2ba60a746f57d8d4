#!/bin/sh
# The keys beside this file, as OpenSSL 3 writes them in its formats. They protect nothing. Run it here to make them anew.
set -eu
cd "$(dirname "$0")"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa-2048.pem
openssl pkey -in rsa-2048.pem -traditional -out rsa-2048-pkcs1.pem
openssl pkey -in rsa-2048.pem -aes256 -passout pass:secret -out rsa-2048-encrypted.pem
openssl pkey -in rsa-2048.pem -traditional -aes256 -passout pass:secret -out rsa-2048-pkcs1-encrypted.pem
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa-1024.pem
openssl ecparam -name prime256v1 -genkey -out ec-p256-sec1.pem
openssl pkey -in ec-p256-sec1.pem -out ec-p256.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out ec-p384.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out ec-p521.pem
openssl ecparam -name secp256k1 -genkey -noout -out ec-secp256k1-sec1.pem
openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout -out ec-explicit-sec1.pem
openssl genpkey -algorithm ED25519 -out ed25519.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out rsa-pss.pem
