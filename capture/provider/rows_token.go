package provider

// tokenRows send a shared secret in clear; the body is not signed.
func tokenRows() []Scheme {
	return []Scheme{
		{
			Provider: "telegram", Title: "Telegram", orDetect: []string{"body:update_id"}, Sig: []string{"X-Telegram-Bot-Api-Secret-Token"}, Alg: algToken,
			ID: []string{"b:update_id"}, event: telegramEvent,
			Source: "https://core.telegram.org/bots/api#setwebhook",
		},
		{
			Provider: "google-drive", Title: "Google Drive and Calendar", Names: []string{"google-calendar"}, Detect: []string{"X-Goog-Channel-ID"},
			Sig: []string{"X-Goog-Channel-Token"}, Alg: algToken,
			ID: []string{"h:X-Goog-Channel-ID+h:X-Goog-Message-Number"}, Event: []string{"h:X-Goog-Resource-State"}, Source: "https://developers.google.com/workspace/drive/api/guides/push",
		},
		{
			Provider: "deepgram", Title: "Deepgram", Sig: []string{"dg-token"},
			Alg: algToken, ID: []string{"b:metadata.request_id"}, Source: "https://developers.deepgram.com/docs/using-callbacks-to-return-transcripts-to-your-server",
		},
		{
			Provider: "ms-graph", Title: "Microsoft Graph", Names: []string{"msgraph"}, Detect: []string{"body:value.0.subscriptionId"},
			Sig: []string{"clientState"}, Alg: algToken, read: bodyToken("value.0.clientState"), words: "shared token clientState in the body", write: writeBodyToken("value.0.clientState"),
			ID: []string{"b:value.0.id"}, Event: []string{"b:value.0.changeType", "b:value.0.lifecycleEvent"},
			Deadline: 10, Retries: "exponential; slow replies are dropped", Source: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
		},
		{
			Provider: "figma", Title: "Figma", Detect: []string{"body:passcode", "body:event_type"},
			Sig: []string{"passcode"}, Alg: algToken, read: bodyToken("passcode"), words: "shared token passcode in the body", write: writeBodyToken("passcode"),
			ID: []string{"b:webhook_id+b:timestamp"}, Event: []string{"b:event_type"}, Source: "https://developers.figma.com/docs/rest-api/webhooks/",
		},
		{
			Provider: "okta", Title: "Okta", Detect: []string{"x-okta-verification-challenge"}, orDetect: []string{"body:eventTypeVersion", "body:cloudEventsVersion"},
			Sig: []string{"Authorization"}, Alg: algToken, ID: []string{"b:eventId"}, Event: []string{"b:data.events.0.eventType", "b:eventType"},
			Deadline: 3, Retries: "one", Source: "https://developer.okta.com/docs/concepts/event-hooks/",
		},
		{
			Provider: "auth0", Title: "Auth0", Detect: []string{"body:0.log_id"},
			Sig: []string{"Authorization"}, Alg: algToken, ID: []string{"b:0.log_id"}, Event: []string{"b:0.data.type"}, Source: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
		},
		{
			Provider: "chargebee", Title: "Chargebee", Detect: []string{"body:event_type", "body:webhook_status"},
			Sig: []string{"Authorization"}, Alg: algToken, read: readBasic, kind: Credentials, words: "Basic credentials, given as user:password", write: writeBasic,
			ID: []string{"b:id"}, Event: []string{"b:event_type"}, Source: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
		},
		{
			Provider: "postmark", Title: "Postmark", Detect: []string{"body:RecordType", "body:MessageStream"},
			Sig: []string{"Authorization"}, Alg: algToken, read: readBasic, kind: Credentials, words: "Basic credentials, given as user:password", write: writeBasic,
			ID: []string{"b:MessageID+b:RecordType"}, Event: []string{"b:RecordType"}, Source: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
		},
	}
}

// gitlabToken is GitLab's secret token; its signing token is a row of
// Standard Webhooks.
func gitlabToken() Scheme {
	return Scheme{
		Provider: "gitlab", Title: "GitLab", orDetect: []string{"X-Gitlab-Event"}, is: func(m *message) bool { _, signed := m.req.Get("webhook-signature"); return !signed },
		Sig: []string{"X-Gitlab-Token"}, Alg: algToken,
		ID: []string{"h:Idempotency-Key", "h:X-Gitlab-Event-UUID"}, Event: []string{"h:X-Gitlab-Event", "b:object_kind"},
		Deadline: 10, Source: "https://docs.gitlab.com/user/project/integrations/webhooks/",
	}
}

// telegramEvent is the kind of an update: the member besides its id, of which
// Telegram knows 23 and adds more.
func telegramEvent(m *message) string {
	kind := ""
	eachKey(m.json(), func(key []byte) bool {
		if string(key) != "update_id" && len(key) <= maxName {
			kind = string(key)
		}
		return kind == ""
	})
	return kind
}

// unsignedRows carry no proof of their sender.
func unsignedRows() []Scheme {
	return []Scheme{
		{
			Provider: "event-grid", Title: "Azure Event Grid", Detect: []string{"aeg-event-type"}, orDetect: []string{"body:0.eventType", "body:0.data"}, When: []string{"b:0.eventTime"},
			ID: []string{"b:0.id", "b:id", "h:ce-id"}, Event: []string{"b:0.eventType", "b:type", "h:ce-type"}, Attempt: []string{"h:aeg-delivery-count"}, attemptFrom0: true,
			Deadline: 30, Source: "https://learn.microsoft.com/en-us/azure/event-grid/webhook-event-delivery",
		},
		{
			Provider: "cloudevents", Title: "CloudEvents", Detect: []string{"ce-id", "ce-type"}, orDetect: []string{"body:specversion", "body:source", "body:id"}, When: []string{"h:ce-time"},
			ID: []string{"h:ce-source+h:ce-id", "b:source+b:id"}, Event: []string{"h:ce-type", "b:type"}, Source: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
		},
		{
			Provider: "cloudevents", Title: "CloudEvents", Detect: []string{"body:0.specversion", "body:0.source", "body:0.id"}, When: []string{"b:0.time"},
			ID: []string{"b:0.source+b:0.id"}, Event: []string{"b:0.type"}, Source: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
		},
		{
			Provider: "strava", Title: "Strava", Detect: []string{"body:aspect_type", "body:subscription_id"}, When: []string{"b:event_time"},
			ID: []string{"b:object_id+b:aspect_type+b:event_time"}, Event: []string{"b:object_type+b:aspect_type"},
			Deadline: 2, Retries: "3 attempts", Source: "https://developers.strava.com/docs/webhooks/",
		},
		{
			Provider: "supabase", Title: "Supabase database", Detect: []string{"body:old_record", "body:table", "body:schema"},
			Event: []string{"b:table+b:type"}, Source: "https://supabase.com/docs/guides/database/webhooks",
		},
		{
			Provider: "dockerhub", Title: "Docker Hub", Detect: []string{"body:push_data", "body:callback_url"},
			Event: []string{"k:push_data"}, Source: "https://docs.docker.com/docker-hub/repos/manage/webhooks/",
		},
		{
			Provider: "mollie", Title: "Mollie", Detect: []string{"form:id"}, is: mollieClassic,
			ID: []string{"p:id"}, Deadline: 15, Source: "https://docs.mollie.com/reference/webhooks",
		},
	}
}

// mollieClassic reports whether a form is the one field id=tr_... of Mollie's
// older webhooks.
func mollieClassic(m *message) bool {
	v, _ := formValue(m.body, "id")
	return len(m.body) < 64 && (hasPrefixFold(v, "tr_") || hasPrefixFold(v, "ord_") || hasPrefixFold(v, "sub_"))
}
