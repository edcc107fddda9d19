// vendors are the libraries by which apps receive webhooks. receive checks the
// signature of a request and parses it: it returns the name of the event, or
// throws. send returns a request as the vendor signs it.
import fs from "node:fs";
import { createRequire } from "node:module";

import Stripe from "stripe";
import * as octokit from "@octokit/webhooks-methods";
import { Webhook as Svix } from "svix";
import { Webhook as Standard } from "standardwebhooks";
import twilio from "twilio";
import bolt from "@slack/bolt";
import { WebhooksHelper } from "square";
import hubspot from "@hubspot/api-client";
import { Paddle } from "@paddle/paddle-node-sdk";
import { verifyKey } from "discord-interactions";
import plivo from "plivo";
import { signRequest, verifyRequest } from "@contentful/node-apps-toolkit";
import { Receiver } from "@upstash/qstash";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const require = createRequire(import.meta.url);
const stripe = new Stripe("sk_test_none");
const json = { "Content-Type": "application/json" };
const form = { "Content-Type": "application/x-www-form-urlencoded" };
const now = () => Math.floor(Date.now() / 1000);

function must(ok) {
  if (!ok) throw new Error("the signature does not match");
}

// readSecrets reads lines of name = "value".
export function readSecrets(file) {
  const lines = fs.readFileSync(file, "utf8").matchAll(/^([a-z0-9-]+) = "(.*)"$/gm);
  return Object.fromEntries([...lines].map((m) => [m[1], m[2]]));
}

const { definitions } = require("@octokit/webhooks-schemas/schema.json");
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);

// checkGitHub holds a payload against the published schema of its event.
function checkGitHub(event, payload) {
  const name = `${event}$${payload.action ?? "event"}`;
  if (!definitions[name]) throw new Error(`no schema ${name}`);
  const check = ajv.compile({ definitions, $ref: `#/definitions/${name}` });
  if (!check(payload)) {
    throw new Error(check.errors.map((e) => `${e.instancePath} ${e.message}`).join("; "));
  }
}

// checkComplete throws for a member that a parser looked for and did not find.
function checkComplete(value, path) {
  if (value === undefined) throw new Error(`${path} is not there`);
  if (value === null || typeof value !== "object") return;
  for (const [k, v] of Object.entries(value)) checkComplete(v, `${path}.${k}`);
}

function standard(Webhook, prefix) {
  return {
    receive: ({ body, headers }, secret) => new Webhook(secret).verify(body, headers).type,
    send: (_, secret) => {
      const body = '{"type": "user.created", "data": {}}';
      const id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
      return {
        body,
        headers: {
          ...json, [`${prefix}-id`]: id, [`${prefix}-timestamp`]: String(now()),
          [`${prefix}-signature`]: new Webhook(secret).sign(id, new Date(now() * 1000), body),
        },
      };
    },
  };
}

export const vendors = {
  stripe: {
    receive: ({ body, headers }, secret) => {
      const event = stripe.webhooks.constructEvent(body, headers["stripe-signature"], secret);
      return `${event.type} ${event.data.object.object}`;
    },
    send: (_, secret) => {
      const body = '{"id": "evt_1", "object": "event", "type": "charge.succeeded",\n"data": {"object": {"object": "card"}}}';
      return { body, headers: { ...json, "Stripe-Signature": stripe.webhooks.generateTestHeaderString({ payload: body, secret }) } };
    },
  },
  github: {
    receive: async ({ body, headers }, secret) => {
      must(await octokit.verify(secret, body, headers["x-hub-signature-256"]));
      checkGitHub(headers["x-github-event"], JSON.parse(body));
      return headers["x-github-event"];
    },
    send: async (_, secret) => {
      const body = '{"action": "created", "text": "\\u00e9"}';
      return { body, headers: { ...json, "X-GitHub-Event": "star", "X-GitHub-Delivery": "1", "X-Hub-Signature-256": await octokit.sign(secret, body) } };
    },
  },
  svix: standard(Svix, "svix"),
  "standard-webhooks": standard(Standard, "webhook"),
  twilio: {
    receive: ({ url, body, headers }, secret) => {
      const type = headers["content-type"];
      const signature = headers["x-twilio-signature"];
      if (type.includes("json")) {
        must(twilio.validateRequestWithBody(secret, signature, url, body));
        return JSON.parse(body).eventType;
      }
      const params = Object.fromEntries(new URLSearchParams(body));
      must(twilio.validateRequest(secret, signature, url, params));
      return params.MessageStatus || params.CallStatus || params.SmsStatus;
    },
    send: (url, secret) => {
      const params = { From: "+15005550006", Body: "café & co", MessageStatus: "sent", MessageSid: "SM1" };
      return {
        body: new URLSearchParams(params).toString(),
        headers: { ...form, "X-Twilio-Signature": twilio.getExpectedTwilioSignature(secret, url, params) },
      };
    },
  },
  slack: {
    receive: ({ body, headers }, signingSecret) => {
      bolt.verifySlackRequest({
        signingSecret, body,
        headers: { "x-slack-signature": headers["x-slack-signature"], "x-slack-request-timestamp": Number(headers["x-slack-request-timestamp"]) },
      });
      if (headers["content-type"].includes("urlencoded")) return new URLSearchParams(body).get("command");
      return JSON.parse(body).event.type;
    },
  },
  square: {
    receive: async ({ url, body, headers }, signatureKey) => {
      must(await WebhooksHelper.verifySignature({
        requestBody: body, signatureHeader: headers["x-square-hmacsha256-signature"], signatureKey, notificationUrl: url,
      }));
      return JSON.parse(body).type;
    },
  },
  "hubspot-v3": hubspotVersion("v3"),
  "hubspot-v2": hubspotVersion("v2"),
  "hubspot-v1": hubspotVersion("v1"),
  paddle: {
    receive: async ({ body, headers }, secret) => {
      const event = await new Paddle("none").webhooks.unmarshal(body, secret, headers["paddle-signature"]);
      checkComplete(event, "event");
      return `${event.eventType} ${event.data.status}`;
    },
  },
  discord: {
    receive: async ({ body, headers }, key) => {
      must(await verifyKey(body, headers["x-signature-ed25519"], headers["x-signature-timestamp"], key));
      return JSON.parse(body).type;
    },
  },
  "plivo-v3": {
    receive: ({ method, url, body, headers }, secret) => {
      const params = Object.fromEntries(new URLSearchParams(body));
      must(plivo.validateV3Signature(method, url, headers["x-plivo-signature-v3-nonce"], secret, headers["x-plivo-signature-v3"], params));
      return params.Status || params.Event;
    },
  },
  contentful: {
    receive: ({ method, url, headers, body }, secret) => {
      const { pathname, search } = new URL(url);
      must(verifyRequest(secret, { method, path: pathname + search, headers, body }));
      return headers["x-contentful-topic"];
    },
    send: (url, secret) => {
      const { pathname, search } = new URL(url);
      const body = '{"sys": {"id": "1"}}';
      const headers = { "content-type": "application/json", "x-contentful-topic": "ContentManagement.Entry.save" };
      return { body, headers: { ...headers, ...signRequest(secret, { method: "POST", path: pathname + search, headers, body }) } };
    },
  },
  qstash: {
    receive: async ({ url, body, headers }, key) => {
      const receiver = new Receiver({ currentSigningKey: key, nextSigningKey: key });
      must(await receiver.verify({ signature: headers["upstash-signature"], body, url }));
      return "message";
    },
  },
};

function hubspotVersion(signatureVersion) {
  const field = signatureVersion === "v3" ? "X-HubSpot-Signature-v3" : "X-HubSpot-Signature";
  const options = (url, body, clientSecret, timestamp) => ({ method: "POST", url, requestBody: body, clientSecret, signatureVersion, timestamp });
  return {
    receive: ({ url, body, headers }, secret) => {
      const timestamp = Number(headers["x-hubspot-request-timestamp"]);
      must(hubspot.Signature.isValid({ ...options(url, body, secret, timestamp), signature: headers[field.toLowerCase()] }));
      return JSON.parse(body)[0].subscriptionType;
    },
    send: (url, secret) => {
      const body = '[{"eventId": 1, "subscriptionType": "contact.creation", "attemptNumber": 0}]';
      const timestamp = Date.now();
      const headers = {
        ...json, "X-HubSpot-Signature-Version": signatureVersion,
        [field]: hubspot.Signature.getSignature("POST", signatureVersion, options(url, body, secret, timestamp)),
      };
      if (signatureVersion === "v3") headers["X-HubSpot-Request-Timestamp"] = String(timestamp);
      return { body, headers };
    },
  };
}
