package provider

import "slices"

// timeRows are the schemes that sign a time along with the body.
func timeRows() []Scheme {
	return slices.Concat(kvRows(), fieldTimeRows(), hubspotRows(), moreFieldTimeRows())
}

// kvRows carry time and signature in one field: t=...,v1=...
func kvRows() []Scheme {
	const tBody = "{ts}.{body}"
	return []Scheme{
		{
			Provider: "stripe", Title: "Stripe", When: []string{"b:created"}, orDetect: []string{"body:object=event", "body:livemode", "body:pending_webhooks"},
			Sig: []string{"Stripe-Signature"}, Item: ",", KV: "=", Field: "v1", Template: tBody, TS: "f:t", Tol: 300,
			ID: []string{"b:id"}, Event: []string{"b:type"},
			Retries: "up to 3 days, exponential", Source: "https://docs.stripe.com/webhooks/signature",
		},
		{
			Provider: "mux", Title: "Mux", When: []string{"b:created_at"}, Sig: []string{"Mux-Signature"}, Item: ",", KV: "=", Field: "v1", Template: tBody, TS: "f:t", Tol: 300,
			ID: []string{"b:id"}, Event: []string{"b:type"}, Source: "https://www.mux.com/docs/core/verify-webhook-signatures",
		},
		{
			Provider: "tailscale", Title: "Tailscale", Sig: []string{"Tailscale-Webhook-Signature"}, Item: ",", KV: "=", Field: "v1", Template: tBody, TS: "f:t", Tol: 300,
			Event: []string{"b:0.type"}, Source: "https://tailscale.com/kb/1213/webhooks",
		},
		{
			Provider: "langfuse", Title: "Langfuse", Sig: []string{"x-langfuse-signature"}, Item: ",", KV: "=", Field: "v1", Template: tBody, TS: "f:t", Tol: 300,
			ID: []string{"b:id"}, Event: []string{"b:type+b:action"}, Source: "https://langfuse.com/docs/prompt-management/features/webhooks-slack-integrations",
		},
		{
			Provider: "calendly", Title: "Calendly", When: []string{"b:created_at"}, Sig: []string{"Calendly-Webhook-Signature"},
			Item: ",", KV: "=", Field: "v1", Template: tBody, TS: "f:t", Tol: 300,
			Event: []string{"b:event"}, Source: "https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures",
		},
		{
			Provider: "workos", Title: "WorkOS", When: []string{"b:created_at"}, Sig: []string{"WorkOS-Signature"},
			Item: ", ", KV: "=", Field: "v1", Template: tBody, TS: "f:t", TSUnit: "ms", Tol: 180,
			ID: []string{"b:id"}, Event: []string{"b:event"}, Source: "https://workos.com/docs/events/data-syncing/webhooks",
		},
		{
			Provider: "elevenlabs", Title: "ElevenLabs", Sig: []string{"ElevenLabs-Signature"}, Item: ",", KV: "=", Field: "v0", Template: tBody, TS: "f:t", Tol: 1800,
			Event: []string{"b:type"}, Source: "https://elevenlabs.io/docs/product-guides/administration/webhooks",
		},
		{
			Provider: "retell", Title: "Retell AI", Sig: []string{"x-retell-signature"}, Item: ",", KV: "=", Field: "d", Template: "{body}{ts}", TS: "f:v", TSUnit: "ms", Tol: 300,
			Event: []string{"b:event"}, ID: []string{"b:call.call_id+b:event"}, Source: "https://docs.retellai.com/features/secure-webhook",
		},
		{
			Provider: "sanity", Title: "Sanity", Sig: []string{"sanity-webhook-signature"},
			Item: ",", KV: "=", Field: "v1", Out: "base64url", Template: tBody, TS: "f:t", TSUnit: "ms",
			ID: []string{"h:idempotency-key"}, Event: []string{"h:sanity-operation", "b:_type"}, Source: "https://www.sanity.io/docs/webhooks",
		},
		{
			Provider: "paddle", Title: "Paddle", When: []string{"b:occurred_at"}, Sig: []string{"Paddle-Signature"},
			Item: ";", KV: "=", Field: "h1", Template: "{ts}:{body}", TS: "f:ts", Tol: 5,
			ID: []string{"b:event_id"}, Event: []string{"b:event_type"}, Source: "https://developer.paddle.com/webhooks/signature-verification",
		},
		coinbaseCDP(),
	}
}

// fieldTimeRows carry the time in a field of its own.
func fieldTimeRows() []Scheme {
	return []Scheme{
		{
			Provider: "slack", Title: "Slack", When: []string{"b:event_time"}, Sig: []string{"X-Slack-Signature"},
			Prefix: "v0=", Template: "v0:{ts}:{body}", TS: "h:X-Slack-Request-Timestamp", Tol: 300,
			orDetect: []string{"body:type=url_verification", "body:challenge", "body:token"},
			ID:       []string{"b:event_id", "p:trigger_id", "b:trigger_id"}, Event: []string{"b:event.type", "b:type", "p:command"},
			Attempt: []string{"h:X-Slack-Retry-Num"}, attemptFrom0: true,
			Deadline: 3, Retries: "3: at once, after 1 min, after 5 min", Source: "https://docs.slack.dev/authentication/verifying-requests-from-slack/",
		},
		{
			Provider: "zoom", Title: "Zoom", When: []string{"b:event_ts"}, Sig: []string{"x-zm-signature"}, Prefix: "v0=", Template: "v0:{ts}:{body}", TS: "h:x-zm-request-timestamp",
			orDetect: []string{"body:event=endpoint.url_validation", "body:payload.plainToken"},
			Event:    []string{"b:event"}, Deadline: 3, Source: "https://developers.zoom.us/docs/api/webhooks/",
		},
		{
			Provider: "twitch", Title: "Twitch EventSub", Detect: []string{"Twitch-Eventsub-Message-Id"}, When: []string{"h:Twitch-Eventsub-Message-Timestamp"},
			Sig: []string{"Twitch-Eventsub-Message-Signature"}, Prefix: "sha256=", Template: "{h:Twitch-Eventsub-Message-Id}{ts}{body}",
			TS: "h:Twitch-Eventsub-Message-Timestamp", TSUnit: "rfc3339", Tol: 600,
			ID: []string{"h:Twitch-Eventsub-Message-Id"}, Event: []string{"h:Twitch-Eventsub-Subscription-Type", "h:Twitch-Eventsub-Message-Type"},
			Attempt: []string{"h:Twitch-Eventsub-Message-Retry"}, attemptFrom0: true,
			Retries: "subscription revoked after failures", Source: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
		},
		{
			Provider: "zendesk", Title: "Zendesk", orDetect: []string{"X-Zendesk-Webhook-Id"}, When: []string{"b:time"}, Sig: []string{"X-Zendesk-Webhook-Signature"},
			Out: "base64", Template: "{ts}{body}", TS: "h:X-Zendesk-Webhook-Signature-Timestamp", TSUnit: "rfc3339",
			ID: []string{"h:X-Zendesk-Webhook-Invocation-Id"}, Event: []string{"b:type"}, Source: "https://developer.zendesk.com/documentation/webhooks/verifying/",
		},
	}
}

func moreFieldTimeRows() []Scheme {
	return []Scheme{
		{
			Provider: "webflow", Title: "Webflow", Sig: []string{"x-webflow-signature"}, Template: "{ts}:{body}", TS: "h:x-webflow-timestamp", TSUnit: "ms", Tol: 300,
			Event: []string{"b:triggerType"}, Source: "https://developers.webflow.com/data/docs/working-with-webhooks",
		},
		{
			Provider: "box", Title: "Box", orDetect: []string{"box-delivery-id"}, Sig: []string{"box-signature-primary", "box-signature-secondary"},
			Out: "base64", Template: "{body}{ts}",
			TS: "h:box-delivery-timestamp", TSUnit: "rfc3339", Tol: 600,
			ID: []string{"h:box-delivery-id"}, Event: []string{"b:trigger"}, Source: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
		},
		{
			Provider: "metronome", Title: "Metronome", Sig: []string{"Metronome-Webhook-Signature"}, Template: "{ts}\n{body}", TS: "h:Date", TSUnit: "http-date", Tol: 300,
			ID: []string{"b:id"}, Event: []string{"b:type"}, Source: "https://docs.metronome.com/developer-resources/webhooks/",
		},
		contentful(),
		messageBird(),
	}
}
