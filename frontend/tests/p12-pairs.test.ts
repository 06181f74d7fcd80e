import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readP12, type Entry, type P12Error } from "../src/p12/index.ts";
import type { Octets } from "../src/octets.ts";
import { Desk } from "./support/openssl.ts";
import { certificateBag, fileOf, keyBag } from "./support/p12-parts.ts";

const desk = new Desk();
after(() => desk.clear());

const LENIENT = { allowNoMac: true };

interface Person {
  readonly key: Octets;
  readonly certificate: Octets;
}

async function person(serial: string): Promise<Person> {
  const { certificate } = await desk.signer(serial);
  return { key: desk.take("key.der"), certificate };
}

const open = async (...bags: Octets[]): Promise<readonly Entry[]> => (await readP12(fileOf(...bags), "", LENIENT)).entries;

const found = (entries: readonly Entry[]): [string, Octets, Octets][] => entries.map((one) => [one.name, one.key, one.certificate]);

test("several keys find their certificates by id, in any order", async () => {
  const [first, second] = [await person("1"), await person("2")];
  const entries = await open(
    certificateBag(second.certificate, "two"), keyBag(first.key, "first", "one"), certificateBag(first.certificate, "one"), keyBag(second.key, "second", "two"),
  );
  assert.deepEqual(found(entries), [["first", first.key, first.certificate], ["second", second.key, second.certificate]]);
});

test("without ids, or with ids that are crossed, the public key decides", async () => {
  const [first, second] = [await person("1"), await person("2")];
  for (const ids of [["", ""], ["one", "two"]] as const) {
    const entries = await open(
      keyBag(first.key, "first", ids[0]), keyBag(second.key, "second", ids[1]), certificateBag(first.certificate, ids[1]), certificateBag(second.certificate, ids[0]),
    );
    assert.deepEqual(found(entries), [["first", first.key, first.certificate], ["second", second.key, second.certificate]]);
  }
});

test("a key beside another's certificate is no key, and one that names it is damage", async () => {
  const [first, second] = [await person("1"), await person("2")];
  const kind = (wanted: P12Error["kind"]) => (error: P12Error) => error.kind === wanted;
  await assert.rejects(open(keyBag(first.key, "", ""), certificateBag(second.certificate, "")), kind("no-key"));
  await assert.rejects(open(keyBag(first.key, "", "one"), certificateBag(second.certificate, "one")), kind("damaged"));
  await assert.rejects(open(keyBag(first.key, "")), kind("no-key"));
  await assert.rejects(open(), kind("no-key"));
});

test("a key of a kind that is not used here is said to be that", async () => {
  desk.run("genpkey", "-algorithm", "ed25519", "-outform", "DER", "-out", desk.path("ed25519.der"));
  const { certificate } = await person("1");
  const kind = (error: P12Error) => error.kind === "unsupported";
  await assert.rejects(open(keyBag(desk.take("ed25519.der"), ""), certificateBag(certificate)), kind);
});

/** A chain of `names`, the first signed by itself, each next one by the one before. */
function chain(names: readonly string[]): Octets[] {
  return names.map((name, i) => {
    const [key, own, above] = [desk.path(`${name}.key`), desk.path(`${name}.pem`), names[i - 1]];
    const by = above ? ["-CA", desk.path(`${above}.pem`), "-CAkey", desk.path(`${above}.key`)] : [];
    desk.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", `/CN=${name}`, ...by, "-keyout", key, "-out", own);
    desk.run("x509", "-in", own, "-outform", "DER", "-out", desk.path("one.der"));
    return desk.take("one.der");
  });
}

test("the chain comes in order, from the issuer to the root, without strangers", async () => {
  const [root, policy, issuing, customer] = chain(["root", "policy", "issuing", "customer"]) as [Octets, Octets, Octets, Octets];
  const stranger = (await person("9")).certificate;
  desk.run("pkcs8", "-topk8", "-nocrypt", "-in", desk.path("customer.key"), "-outform", "DER", "-out", desk.path("customer.der"));
  const [entry] = await open(...[root, stranger, customer, issuing, policy].map((der) => certificateBag(der)), keyBag(desk.take("customer.der"), ""));
  assert.deepEqual(entry?.certificate, customer);
  assert.deepEqual(entry?.chain, [issuing, policy, root]);
});

test("the key comes back as every browser takes it, however little the file says", async () => {
  const { key, certificate } = await person("1");
  desk.run("ec", "-in", desk.path("key.pem"), "-no_public", "-out", desk.path("bare.pem"));
  desk.run("pkcs8", "-topk8", "-nocrypt", "-in", desk.path("bare.pem"), "-outform", "DER", "-out", desk.path("bare.der"));
  const bare = desk.take("bare.der");
  assert.ok(bare.length < key.length);
  assert.deepEqual(found(await open(keyBag(bare, "n"), certificateBag(certificate))), [["n", key, certificate]]);
});

test("a long derivation tells how far it is, and lets the page breathe", async () => {
  await person("1");
  const [out, from] = [desk.path("long.p12"), desk.path("certificate.pem")];
  desk.run("pkcs12", "-export", "-inkey", desk.path("key.pem"), "-in", from, "-passout", "pass:p", "-iter", "1000000", "-out", out);
  const told: number[] = [];
  let beats = 0;
  const heart = setInterval(() => { beats += 1; }, 5);
  const { entries } = await readP12(desk.take("long.p12"), "p", { allowNoMac: false, progress: (done) => told.push(done) });
  clearInterval(heart);
  assert.equal(entries.length, 1);
  assert.ok(told.length > 2 && beats > 2, `${told.length} reports, ${beats} beats`);
  assert.deepEqual(told, [...told].sort((a, b) => a - b));
  assert.ok((told[0] as number) > 0 && (told.at(-1) as number) <= 1);
});
