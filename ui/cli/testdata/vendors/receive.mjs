// receive.mjs SECRETS [VENDOR=FILE ...] listens on a free port of loopback and prints its URL. It
// answers a POST to .../VENDOR as an app would that uses that vendor's library:
// 200 with the name of the event that the library parsed, else 403 with what it
// threw. The URL that a signature covers is the one that was called. The key of a
// VENDOR is the last line of its FILE.
import http from "node:http";
import fs from "node:fs";
import { readSecrets, vendors } from "./vendors.mjs";

const secrets = readSecrets(process.argv[2]);
for (const spec of process.argv.slice(3)) {
  const [name, file] = spec.split("=");
  secrets[name] = fs.readFileSync(file, "utf8").trim().split("\n").pop();
}

const server = http.createServer(async (req, res) => {
  const body = Buffer.concat(await req.toArray()).toString();
  const url = `http://${req.headers.host}${req.url}`;
  const name = new URL(url).pathname.split("/").pop();
  try {
    if (!vendors[name]?.receive) throw new Error(`no vendor ${name}`);
    const event = await vendors[name].receive({ method: req.method, url, headers: req.headers, body }, secrets[name]);
    res.end(`parsed ${event}\n`);
  } catch (e) {
    res.statusCode = 403;
    res.end(`refused: ${e.message || e}\n`);
  }
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
