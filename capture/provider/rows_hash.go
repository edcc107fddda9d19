package provider

import (
	"slices"
	"strings"
)

// forgeRows are the code hosts, which copy each other's field names: Forgejo
// sends Gitea's, Gitea those of Gogs, and all of them GitHub's.
func forgeRows() []Scheme {
	sha1 := copied{"X-Hub-Signature", "sha1", "sha1="}
	sha256 := copied{"X-Hub-Signature-256", "sha256", "sha256="}
	gogs := copied{"X-Gogs-Signature", "sha256", ""}
	gitea := copied{"X-Gitea-Signature", "sha256", ""}
	forge := func(title, source string, copies ...copied) Scheme {
		prefix := "X-" + title + "-"
		return Scheme{
			Provider: strings.ToLower(title), Title: title, Detect: []string{prefix + "Event"}, Sig: []string{prefix + "Signature"}, Template: "{payload}", copies: copies,
			ID: []string{"h:" + prefix + "Delivery"}, Event: []string{"h:" + prefix + "Event+b:action"}, Source: source,
		}
	}
	github := Scheme{
		Provider: "github", Title: "GitHub", Detect: []string{"X-GitHub-Event"}, Sig: []string{sha256.name}, Prefix: sha256.prefix, copies: []copied{sha1},
		ID: []string{"h:X-GitHub-Delivery"}, Event: []string{"h:X-GitHub-Event+b:action"},
		Deadline: 10, Retries: "none; by hand within 3 days", Source: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
	}
	legacy := github
	legacy.Provider, legacy.Names = "github-legacy-sha1", []string{"github"}
	legacy.Detect = []string{"X-GitHub-Event", "X-Hub-Signature: sha1="}
	legacy.is = func(m *message) bool { _, new := m.req.Get(sha256.name); return !new }
	legacy.Sig, legacy.Alg, legacy.Prefix, legacy.copies = []string{sha1.name}, "sha1", sha1.prefix, nil
	return []Scheme{
		forge("Forgejo", "https://forgejo.org/docs/latest/user/webhooks/", gitea, gogs, sha256, sha1),
		forge("Gitea", "https://docs.gitea.com/usage/webhooks", gogs, sha256, sha1),
		forge("Gogs", "https://github.com/gogs/docs-api/tree/master/Repositories", sha256, sha1),
		legacy, github,
		{
			Provider: "bitbucket", Title: "Bitbucket", Detect: []string{"X-Event-Key"}, When: []string{"h:X-Event-Time"},
			Sig: []string{"X-Hub-Signature"}, Prefix: "sha256=",
			ID: []string{"h:X-Request-UUID", "h:X-Request-Id"}, Event: []string{"h:X-Event-Key"}, Attempt: []string{"h:X-Attempt-Number"},
			Deadline: 10, Source: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
		},
		{
			Provider: "jira", Title: "Jira", Detect: []string{"X-Atlassian-Webhook-Identifier"}, When: []string{"b:timestamp"},
			Sig: []string{"X-Hub-Signature"}, Prefix: "sha256=",
			ID: []string{"h:X-Atlassian-Webhook-Identifier"}, Event: []string{"b:webhookEvent"}, Attempt: []string{"h:X-Atlassian-Webhook-Retry"}, attemptFrom0: true,
			Source: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
		},
	}
}

// hashRows sign the body alone, in a field of their own name.
func hashRows() []Scheme {
	return slices.Concat(teamRows(), businessRows(), platformRows(), shopRows(), base64Rows())
}

func teamRows() []Scheme {
	return []Scheme{
		{
			Provider: "linear", Title: "Linear", orDetect: []string{"Linear-Event"}, When: []string{"b:createdAt"}, Sig: []string{"Linear-Signature"},
			TS: "b:webhookTimestamp", TSUnit: "ms", Tol: 60,
			ID: []string{"h:Linear-Delivery"}, Event: []string{"h:Linear-Event+b:action"}, Source: "https://linear.app/developers/webhooks",
		},
		{
			Provider: "notion", Title: "Notion", When: []string{"b:timestamp"}, Sig: []string{"X-Notion-Signature"}, Prefix: "sha256=", kind: VerificationToken,
			ID: []string{"b:id"}, Event: []string{"b:type"}, Attempt: []string{"b:attempt_number"}, Source: "https://developers.notion.com/reference/webhooks",
		},
		{
			Provider: "asana", Title: "Asana", orDetect: []string{"X-Hook-Secret"}, Sig: []string{"X-Hook-Signature"},
			Event:    []string{"b:events.0.resource.resource_type+b:events.0.action"},
			Deadline: 10, Retries: "up to 24 h", Source: "https://developers.asana.com/docs/webhooks-guide",
		},
		{
			Provider: "sentry", Title: "Sentry", Detect: []string{"Sentry-Hook-Resource"}, orDetect: []string{"Sentry-Hook-Signature"},
			Sig: []string{"Sentry-Hook-Signature"}, ID: []string{"h:Request-ID"}, Event: []string{"h:Sentry-Hook-Resource+b:action"},
			Source: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
		},
		{
			Provider: "vercel", Title: "Vercel", When: []string{"b:createdAt"}, Sig: []string{"x-vercel-signature"},
			Alg: "sha1", ID: []string{"b:id"}, Event: []string{"b:type"}, Source: "https://vercel.com/docs/webhooks/webhooks-api",
		},
		{
			Provider: "circleci", Title: "CircleCI", orDetect: []string{"circleci-event-type"}, Sig: []string{"circleci-signature"}, Item: ",", KV: "=", Field: "v1",
			ID: []string{"b:id"}, Event: []string{"h:circleci-event-type", "b:type"}, Source: "https://circleci.com/docs/webhooks/",
		},
		{
			Provider: "pagerduty", Title: "PagerDuty", When: []string{"b:event.occurred_at"}, Sig: []string{"X-PagerDuty-Signature"}, Item: ",", KV: "=", Field: "v1",
			ID: []string{"b:event.id", "h:X-Webhook-Id"}, Event: []string{"b:event.event_type"},
			Deadline: 16, Source: "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
		},
		{
			Provider: "dropbox", Title: "Dropbox", Sig: []string{"X-Dropbox-Signature"}, Event: []string{"k:list_folder"},
			Deadline: 10, Retries: "about 10 min, exponential", Source: "https://www.dropbox.com/developers/reference/webhooks",
		},
	}
}

func businessRows() []Scheme {
	return []Scheme{
		{
			Provider: "razorpay", Title: "Razorpay", When: []string{"b:created_at"}, Sig: []string{"X-Razorpay-Signature"},
			ID: []string{"h:x-razorpay-event-id"}, Event: []string{"b:event"}, Source: "https://razorpay.com/docs/webhooks/validate-test/",
		},
		{
			Provider: "paystack", Title: "Paystack", Sig: []string{"x-paystack-signature"},
			Alg: "sha512", ID: []string{"b:event+b:data.id"}, Event: []string{"b:event"}, Source: "https://paystack.com/docs/payments/webhooks/",
		},
		{
			Provider: "coinbase-commerce", Title: "Coinbase Commerce", Sig: []string{"X-CC-Webhook-Signature"},
			ID: []string{"b:event.id", "b:id"}, Event: []string{"b:event.type"}, Attempt: []string{"b:attempt_number"},
			Source: "https://docs.cdp.coinbase.com/commerce/webhooks/security",
		},
		{
			Provider: "airtable", Title: "Airtable", Sig: []string{"X-Airtable-Content-MAC"}, Prefix: "hmac-sha256=", Key: "base64",
			Event: []string{"k:webhook"}, Source: "https://airtable.com/developers/web/api/webhooks-overview",
		},
		{
			Provider: "cal", Title: "Cal.com", Sig: []string{"X-Cal-Signature-256"},
			ID: []string{"b:payload.uid+b:triggerEvent"}, Event: []string{"b:triggerEvent"}, Source: "https://cal.com/docs/core-features/webhooks",
		},
		{
			Provider: "mollie", Title: "Mollie", Sig: []string{"X-Mollie-Signature"}, read: bareOrPrefixed("sha256="), words: "HMAC-SHA256 of {body}, hex, in X-Mollie-Signature",
			ID: []string{"b:id"}, Event: []string{"b:type"}, Deadline: 15, Source: "https://docs.mollie.com/reference/webhooks-new",
		},
		{
			Provider: "nylas", Title: "Nylas", Sig: []string{"x-nylas-signature"}, ID: []string{"b:id"}, Event: []string{"b:type"}, Attempt: []string{"b:webhook_delivery_attempt"},
			Deadline: 10, Source: "https://developer.nylas.com/docs/v3/notifications/",
		},
		{
			Provider: "smartsheet", Title: "Smartsheet", orDetect: []string{"Smartsheet-Hook-Challenge"}, Sig: []string{"Smartsheet-Hmac-SHA256"},
			read: hexOrBase64, words: "HMAC-SHA256 of {body}, hex or base64, in Smartsheet-Hmac-SHA256",
			ID: []string{"b:nonce"}, Event: []string{"b:events.0.eventType"}, Source: "https://developers.smartsheet.com/api/smartsheet/guides/webhooks",
		},
	}
}

func platformRows() []Scheme {
	return []Scheme{
		{
			Provider: "webex", Title: "Webex", Sig: []string{"X-Spark-Signature"}, Alg: "sha1", ID: []string{"b:data.id"}, Event: []string{"b:resource+b:event"},
			Source: "https://developer.webex.com/docs/api/guides/webhooks#authenticating-requests",
		},
		{
			Provider: "pusher", Title: "Pusher", Detect: []string{"X-Pusher-Signature", "X-Pusher-Key"},
			Sig: []string{"X-Pusher-Signature"}, Event: []string{"b:events.0.name"}, Source: "https://pusher.com/docs/channels/server_api/webhooks/",
		},
		{
			Provider: "onfido", Title: "Onfido", Sig: []string{"X-SHA2-Signature"},
			ID: []string{"b:payload.object.id+b:payload.action"}, Event: []string{"b:payload.action"}, Source: "https://documentation.onfido.com/api/latest/#webhooks",
		},
		{
			Provider: "attio", Title: "Attio", Sig: []string{"attio-signature"},
			ID: []string{"h:Idempotency-Key"}, Event: []string{"b:events.0.event_type"}, Source: "https://docs.attio.com/rest-api/guides/webhooks",
		},
		{
			Provider: "vapi", Title: "Vapi", Sig: []string{"x-vapi-signature"}, Event: []string{"b:message.type"}, Source: "https://docs.vapi.ai/server-url/server-authentication",
		},
		{
			Provider: "planetscale", Title: "PlanetScale", Sig: []string{"X-PlanetScale-Signature"},
			Event: []string{"b:event"}, Source: "https://planetscale.com/docs/concepts/webhooks",
		},
		{
			Provider: "infisical", Title: "Infisical",
			// The field may carry a time in front: t=...;<hex>.
			Sig: []string{"x-infisical-signature"}, Item: ";", Event: []string{"b:event"}, Source: "https://infisical.com/docs/documentation/platform/webhooks",
		},
		{
			Provider: "plain", Title: "Plain", Sig: []string{"plain-request-signature"},
			TS: "b:webhookMetadata.webhookDeliveryAttemptTimestamp", TSUnit: "rfc3339", Tol: 300, tsOptional: true,
			When: []string{"b:timestamp"}, Attempt: []string{"b:webhookMetadata.webhookDeliveryAttemptNumber"},
			ID: []string{"b:id"}, Event: []string{"b:type"}, Source: "https://www.plain.com/docs/api-reference/request-signing",
		},
		{
			Provider: "firecrawl", Title: "Firecrawl", Sig: []string{"x-firecrawl-signature"},
			Prefix: "sha256=", ID: []string{"b:id+b:type"}, Event: []string{"b:type"}, Source: "https://docs.firecrawl.dev/webhooks/security",
		},
		{
			Provider: "linkedin", Title: "LinkedIn", Sig: []string{"X-LI-Signature"},
			read: bareOrPrefixed("hmacsha256="), Template: "hmacsha256={body}", words: "HMAC-SHA256 of hmacsha256={body}, hex, in X-LI-Signature",
			Event: []string{"b:type"}, Source: "https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation",
		},
	}
}

func shopRows() []Scheme {
	shopify := Scheme{
		Provider: "shopify", Title: "Shopify", Detect: []string{"X-Shopify-Topic"}, orDetect: []string{"X-Shopify-Hmac-Sha256"},
		Sig: []string{"X-Shopify-Hmac-Sha256"}, Out: "base64",
		When: []string{"h:X-Shopify-Triggered-At"},
		ID:   []string{"h:X-Shopify-Webhook-Id"}, Event: []string{"h:X-Shopify-Topic"},
		Deadline: 5, Retries: "8 within 4 h", Source: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
	}
	events := shopify
	events.Detect, events.orDetect, events.Sig = []string{"shopify-topic"}, []string{"shopify-hmac-sha256"}, []string{"shopify-hmac-sha256"}
	events.ID, events.Event = []string{"h:shopify-webhook-id"}, []string{"h:shopify-topic"}
	return []Scheme{
		shopify, events,
		{
			Provider: "woocommerce", Title: "WooCommerce", Detect: []string{"X-WC-Webhook-Topic"}, orDetect: []string{"X-WC-Webhook-Signature"},
			Sig: []string{"X-WC-Webhook-Signature"}, Out: "base64",
			ID: []string{"h:X-WC-Webhook-Delivery-ID"}, Event: []string{"h:X-WC-Webhook-Topic"}, Source: "https://woocommerce.com/document/webhooks/",
		},
	}
}

func base64Rows() []Scheme {
	return []Scheme{
		{
			Provider: "line", Title: "LINE", When: []string{"b:events.0.timestamp"}, Sig: []string{"x-line-signature"}, Out: "base64",
			ID: []string{"b:events.0.webhookEventId"}, Event: []string{"b:events.0.type"}, Source: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
		},
		{
			Provider: "typeform", Title: "Typeform", Sig: []string{"Typeform-Signature"}, Out: "base64", Prefix: "sha256=",
			ID: []string{"b:event_id"}, Event: []string{"b:event_type"}, Deadline: 30, Source: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
		},
		{
			Provider: "heroku", Title: "Heroku", Sig: []string{"Heroku-Webhook-Hmac-SHA256"}, Out: "base64",
			ID: []string{"b:webhook_metadata.delivery.id"}, Event: []string{"b:resource+b:action"}, Attempt: []string{"b:webhook_metadata.attempt.number"},
			Source: "https://devcenter.heroku.com/articles/app-webhooks",
		},
		{
			Provider: "xero", Title: "Xero", Sig: []string{"x-xero-signature"}, Out: "base64", Event: []string{"b:events.0.eventCategory+b:events.0.eventType"},
			Deadline: 5, Retries: "for 24 h, then disabled", Source: "https://developer.xero.com/documentation/guides/webhooks/overview/",
		},
		{
			Provider: "quickbooks", Title: "QuickBooks", Names: []string{"intuit"}, Sig: []string{"intuit-signature"}, Out: "base64",
			Event: []string{"b:eventNotifications.0.dataChangeEvent.entities.0.name+b:eventNotifications.0.dataChangeEvent.entities.0.operation", "b:0.type"},
			ID:    []string{"b:0.id"}, When: []string{"b:0.time"},
			Deadline: 3, Source: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
		},
		{
			Provider: "docusign", Title: "DocuSign Connect",
			Sig: []string{"X-DocuSign-Signature-1", "X-DocuSign-Signature-2", "X-DocuSign-Signature-3", "X-DocuSign-Signature-4", "X-DocuSign-Signature-5"},
			Out: "base64", ID: []string{"b:data.envelopeId+b:event"}, Event: []string{"b:event"}, Source: "https://developers.docusign.com/platform/webhooks/connect/hmac/",
		},
		{
			Provider: "hookdeck", Title: "Hookdeck", Sig: []string{"x-hookdeck-signature", "x-hookdeck-signature-2"}, Out: "base64",
			ID: []string{"h:x-hookdeck-eventid"}, Event: []string{"b:type"}, Attempt: []string{"h:x-hookdeck-attempt-count"}, Source: "https://hookdeck.com/docs/signature-verification",
		},
		{
			Provider: "adyen-platform", Title: "Adyen Balance Platform", Names: []string{"adyen"}, Sig: []string{"HmacSignature"}, Out: "base64", Key: "hex",
			ID: []string{"b:data.id+b:type"}, Event: []string{"b:type"}, Deadline: 10, Source: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/",
		},
		{
			Provider: "x", Title: "X", Names: []string{"twitter"}, Sig: []string{"x-twitter-webhooks-signature"}, Out: "base64", Prefix: "sha256=",
			Event:    []string{"k:tweet_create_events", "k:favorite_events", "k:follow_events", "k:direct_message_events", "k:data"},
			Deadline: 3, Retries: "events stop when the hourly check fails", Source: "https://docs.x.com/x-api/webhooks/quickstart",
		},
	}
}

// sharedFieldRows use field names that others use, too: what stands before them
// in the table, and the value or the body, distinguishes them.
func sharedFieldRows() []Scheme {
	return []Scheme{
		{
			Provider: "lemon-squeezy", Title: "Lemon Squeezy", Names: []string{"lemonsqueezy"}, Detect: []string{"X-Event-Name", "X-Signature"},
			Sig: []string{"X-Signature"}, Event: []string{"h:X-Event-Name"},
			Retries: "3: after 5, 25, 125 s; only 200 counts", Source: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
		},
		{
			Provider: "clickup", Title: "ClickUp", Detect: []string{"X-Signature", "body:webhook_id"},
			Sig: []string{"X-Signature"}, ID: []string{"b:history_items.0.id"}, Event: []string{"b:event"}, Source: "https://developer.clickup.com/docs/webhooksignature",
		},
		{
			Provider: "segment", Title: "Segment", Detect: []string{"X-Signature", "body:messageId"},
			Sig: []string{"X-Signature"}, Alg: "sha1", ID: []string{"b:messageId"}, Event: []string{"b:type+b:event"}, Source: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
		},
		{
			Provider: "cursor", Title: "Cursor", Detect: []string{"X-Webhook-Signature: sha256="},
			Sig: []string{"X-Webhook-Signature"}, Prefix: "sha256=", ID: []string{"h:X-Webhook-ID"}, Event: []string{"h:X-Webhook-Event", "b:event"}, Source: "https://cursor.com/docs/cloud-agent/api/webhooks",
		},
		{
			Provider: "gocardless", Title: "GoCardless", is: func(m *message) bool { v, _ := m.req.Get("Webhook-Signature"); return len(v) == 64 },
			Sig: []string{"Webhook-Signature"}, ID: []string{"b:events.0.id"}, Event: []string{"b:events.0.resource_type+b:events.0.action"},
			Source: "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
		},
		{
			Provider: "mailersend", Title: "MailerSend", is: func(m *message) bool { v, _ := m.req.Get("Signature"); return len(v) == 64 }, Sig: []string{"Signature"},
			ID: []string{"b:data.id"}, Event: []string{"b:type"}, Source: "https://developers.mailersend.com/api/v1/webhooks.html",
		},
		{
			Provider: "meta", Title: "Meta", Names: []string{"facebook", "instagram", "messenger", "whatsapp"}, Detect: []string{"X-Hub-Signature-256: sha256="}, When: []string{"b:entry.0.time"},
			Sig: []string{"X-Hub-Signature-256"}, Prefix: "sha256=", copies: []copied{{"X-Hub-Signature", "sha1", "sha1="}},
			event: metaEvent, ID: []string{"b:entry.0.changes.0.value.messages.0.id", "b:entry.0.changes.0.value.statuses.0.id+b:entry.0.changes.0.value.statuses.0.status", "b:entry.0.messaging.0.message.mid", "b:entry.0.messaging.0.postback.mid"},
			Source: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads",
		},
		{
			Provider: "intercom", Title: "Intercom", Detect: []string{"X-Hub-Signature: sha1=", "body:topic"}, When: []string{"b:created_at"},
			Sig: []string{"X-Hub-Signature"}, Alg: "sha1", Prefix: "sha1=", ID: []string{"b:id"}, Event: []string{"b:topic"},
			Source: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
		},
		{
			Provider: "websub", Title: "WebSub", Sig: []string{"X-Hub-Signature"},
			read: readWebSub, words: "HMAC of {body}, hex, in X-Hub-Signature: sha1=, sha256=, sha384= or sha512=",
			write: writeWebSub, Source: "https://www.w3.org/TR/websub/#authenticated-content-distribution",
		},
	}
}

// metaEvent is the object with the field that changed or, for Messenger and
// Instagram messaging, with what the first item carries: page.message. WhatsApp
// sends messages, and what became of them, as one field.
func metaEvent(m *message) string {
	for _, list := range []string{"messaging", "standby"} {
		i, j, ok := find(m.json(), "entry.0."+list+".0")
		if !ok {
			continue
		}
		item, kind := m.json()[i:j], ""
		eachKey(item, func(key []byte) bool {
			switch string(key) {
			case "sender", "recipient", "timestamp":
				return true
			}
			kind = string(key)
			return false
		})
		if echo, _ := jsonString(item, "message.is_echo"); kind == "message" && echo == "true" {
			kind = "message_echo"
		}
		if object := m.first([]string{"b:object"}); object != "" && kind != "" && len(kind) <= maxName {
			return object + "." + kind
		}
	}
	if _, _, ok := find(m.json(), "entry.0.changes.0.value.statuses.0"); ok { // WhatsApp
		return m.joined("b:object") + ".statuses"
	}
	return m.first([]string{"b:object+b:entry.0.changes.0.field", "b:object"})
}
