// send.mjs SECRETS URL sends one request of each vendor that publishes how to
// sign to URL/VENDOR, signed by the vendor's own library.
import { readSecrets, vendors } from "./vendors.mjs";

const [file, base] = process.argv.slice(2);
const secrets = readSecrets(file);

for (const [name, vendor] of Object.entries(vendors)) {
  if (!vendor.send) continue;
  const url = `${base}/${name}`;
  const { body, headers } = await vendor.send(url, secrets[name]);
  const res = await fetch(url, { method: "POST", body, headers });
  if (!res.ok) throw new Error(`${name}: ${res.status}`);
}
