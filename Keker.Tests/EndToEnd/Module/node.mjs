// Runs lines of JavaScript, each a string in JSON, and says when each is done.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [driver, module] = process.argv.slice(2);
const source = await (await fetch(module)).text();
(0, eval)(readFileSync(driver, "utf8"));
globalThis.Keker = (await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"))).Keker;
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  try {
    await (0, eval)(JSON.parse(line));
    console.log("done");
  } catch (error) {
    console.log("failed " + error);
  }
}
process.exit();
