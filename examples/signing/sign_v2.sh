#!/bin/sh
# Sends POST /core signed in SSPL v2.  Needs openssl 3 and curl.
#
#   HUB_URL=http://127.0.0.1:8001 SSPL_KEY_ID=... SSPL_KEY_FILE=key.pem \
#     ./sign_v2.sh '{"module": "sample_text", "intent": "generate", "user_id": "ada", "data": {"text": "one two"}}'
#
# SSPL_KEY_FILE is the private key as `integrator keys new` or `openssl genpkey -algorithm ed25519` writes it.
set -eu

: "${HUB_URL:?where the hub is}" "${SSPL_KEY_ID:?id of the key}" "${SSPL_KEY_FILE:?file of the private key}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# curl sends the port unless it is the scheme's own, and so must the signature.
authority=$(printf '%s' "${HUB_URL#*://}" | cut -d/ -f1 | tr '[:upper:]' '[:lower:]')
case $HUB_URL in
  http://*) authority=${authority%:80} ;;
  https://*) authority=${authority%:443} ;;
esac
path=/core
content_type=application/json

printf '%s' "$1" >"$folder/body"
digest=$(openssl dgst -sha256 -r "$folder/body" | cut -d' ' -f1)
timestamp=$(date +%s)
# Fresh for every attempt: 18 random bytes in base64url.
nonce=$(openssl rand -base64 18 | tr '+/' '-_')

# Ten lines, joined by line feeds; none after the last.  The fifth is the query, here empty.
printf 'SSPL-2\nPOST\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s' \
  "$authority" "$path" "" "$content_type" "$digest" "$timestamp" "$nonce" "$SSPL_KEY_ID" >"$folder/signed"
openssl pkeyutl -sign -rawin -inkey "$SSPL_KEY_FILE" -in "$folder/signed" -out "$folder/signature"

curl --silent --show-error --fail-with-body --data-binary "@$folder/body" \
  -H "Content-Type: $content_type" \
  -H "X-SSPL-Version: 2" \
  -H "X-SSPL-Timestamp: $timestamp" \
  -H "X-SSPL-Nonce: $nonce" \
  -H "X-SSPL-Key-Id: $SSPL_KEY_ID" \
  -H "X-SSPL-Signature: $(openssl base64 -A -in "$folder/signature")" \
  "${HUB_URL%/}$path"
