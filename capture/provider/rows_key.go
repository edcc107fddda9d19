package provider

// publicKeyRows are checked with a public key; only the sender can sign.
func publicKeyRows() []Scheme {
	return []Scheme{
		{
			Provider: "discord", Title: "Discord", Sig: []string{"X-Signature-Ed25519"}, Alg: algEd25519, Template: "{ts}{body}", TS: "h:X-Signature-Timestamp",
			orDetect: []string{"body:application_id", "body:version", "body:type"},
			ID:       []string{"b:id", "b:event.timestamp"}, event: discordEvent,
			Deadline: 3, Retries: "exponential, up to 10 min", Source: "https://discord.com/developers/docs/interactions/overview#validating-security-request-headers",
		},
		{
			Provider: "telnyx", Title: "Telnyx", Sig: []string{"Telnyx-Signature-Ed25519"},
			Alg: algEd25519, Out: "base64", Template: "{ts}|{body}", TS: "h:Telnyx-Timestamp", Tol: 300,
			ID: []string{"b:data.id"}, Event: []string{"b:data.event_type"}, Attempt: []string{"b:meta.attempt"}, Source: "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks",
		},
		{
			Provider: "sendgrid", Title: "SendGrid", orDetect: []string{"body:0.sg_event_id"}, When: []string{"b:0.timestamp"},
			Sig: []string{"X-Twilio-Email-Event-Webhook-Signature"}, Alg: algECDSA, Out: "base64", Template: "{ts}{body}", TS: "h:X-Twilio-Email-Event-Webhook-Timestamp",
			ID: []string{"b:0.sg_event_id"}, Event: []string{"b:0.event"}, Source: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
		},
		{
			Provider: "bridge", Title: "Bridge", Detect: []string{"X-Webhook-Signature: t="},
			Sig: []string{"X-Webhook-Signature"}, Alg: algRSA256, Out: "base64", Item: ",", KV: "=", Field: "v0", Template: "{ts}.{body}", TS: "f:t", TSUnit: "ms",
			ID: []string{"b:event_id"}, Event: []string{"b:event_type"}, Source: "https://apidocs.bridge.xyz/platform/additional-information/webhooks/signature",
		},
		sns(),
		payPal(),
		rfc9421(),
	}
}

// discordTypes are the types of an interaction, which Discord numbers from one.
var discordTypes = map[string]string{"0": "ping", "1": "ping", "2": "application_command", "3": "message_component", "4": "autocomplete", "5": "modal_submit"}

// discordEvent is the type of an event, or of an interaction with the name of
// its command.
func discordEvent(m *message) string {
	if e := m.first([]string{"b:event.type"}); e != "" {
		return e
	}
	kind := discordTypes[m.first([]string{"b:type"})]
	if name := m.first([]string{"b:data.name"}); name != "" && kind != "" {
		return kind + "." + name
	}
	return kind
}
