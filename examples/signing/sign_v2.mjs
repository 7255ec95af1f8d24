// Sends POST /core signed in SSPL v2.  Needs Node 18 or newer, and no package.
//
//   HUB_URL=http://127.0.0.1:8001 SSPL_KEY_ID=... SSPL_KEY_FILE=key.pem \
//     node sign_v2.mjs '{"module": "sample_text", "intent": "generate", "user_id": "ada", "data": {"text": "one two"}}'
//
// SSPL_KEY_FILE is the private key as `integrator keys new` or `openssl genpkey -algorithm ed25519` writes it.
import { createHash, createPrivateKey, randomBytes, sign } from "node:crypto";
import { readFileSync } from "node:fs";

/** Returns the headers that sign a request; call it anew for every attempt. */
export function signV2({ method, url, contentType = "", body = "", keyId, key }) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = randomBytes(18).toString("base64url");
  const signed = [
    "SSPL-2",
    method,
    url.host, // lower case, and without the scheme's own port, as it is sent
    url.pathname,
    url.search.slice(1),
    contentType,
    createHash("sha256").update(body).digest("hex"),
    timestamp,
    nonce,
    keyId,
  ].join("\n");
  return {
    "X-SSPL-Version": "2",
    "X-SSPL-Timestamp": timestamp,
    "X-SSPL-Nonce": nonce,
    "X-SSPL-Key-Id": keyId,
    "X-SSPL-Signature": sign(null, Buffer.from(signed), key).toString("base64"),
  };
}

const { HUB_URL, SSPL_KEY_ID, SSPL_KEY_FILE } = process.env;
const [body] = process.argv.slice(2);
if (!HUB_URL || !SSPL_KEY_ID || !SSPL_KEY_FILE || body === undefined) {
  console.error("set HUB_URL, SSPL_KEY_ID and SSPL_KEY_FILE, and give the body as the only argument");
  process.exit(2);
}

const url = new URL("/core", HUB_URL);
const contentType = "application/json";
const key = createPrivateKey(readFileSync(SSPL_KEY_FILE));
const signature = signV2({ method: "POST", url, contentType, body, keyId: SSPL_KEY_ID, key });
const answer = await fetch(url, { method: "POST", headers: { "Content-Type": contentType, ...signature }, body });
console.log(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
