package provider

import "strings"

// standardRows are Standard Webhooks and its elder, Svix: one scheme under two
// sets of field names.
func standardRows() []Scheme {
	row := func(provider, title, prefix string, names ...string) Scheme {
		return Scheme{
			Provider: provider, Title: title, Names: names,
			Detect: []string{prefix + "-id", prefix + "-signature"},
			Sig:    []string{prefix + "-signature"}, Out: "base64", Key: "base64", Strip: "whsec_",
			Item: " ", KV: ",", Field: "v1", Template: "{h:" + prefix + "-id}.{ts}.{body}",
			TS: "h:" + prefix + "-timestamp", Tol: 300,
			ID: []string{"h:" + prefix + "-id"}, Event: []string{"h:X-Gitlab-Event", "b:type", "b:event_type", "b:event"},
			When: []string{"b:timestamp"},
			read: readStandard, textNames: []string{"polar"},
			words:  "HMAC-SHA256 of {" + prefix + "-id}.{ts}.{body}, base64, in " + prefix + "-signature, within 5 min",
			Source: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
		}
	}
	gitlab := row("gitlab", "GitLab", "webhook", "standard-webhooks")
	gitlab.Detect = []string{"X-Gitlab-Event", "webhook-signature"}
	gitlab.ID = append([]string{"h:Idempotency-Key"}, gitlab.ID...)
	gitlab.Deadline, gitlab.Source = 10, "https://docs.gitlab.com/user/project/integrations/webhooks/"
	return []Scheme{
		gitlabToken(),
		gitlab,
		row("svix", "Svix", "svix", "clerk", "resend", "brex"),
		row("standard-webhooks", "Standard Webhooks", "webhook",
			"openai", "replicate", "liveblocks", "polar", "supabase-auth", "loops", "gitlab"),
	}
}

// readStandard reads v1 signatures, and v1a ones, which are Ed25519.
func readStandard(s *Scheme, m *message) claim {
	c := s.readFields(m)
	v, _ := m.req.Get(s.Sig[0])
	for item := range strings.FieldsSeq(v) {
		text, ok := strings.CutPrefix(item, "v1a,")
		if !ok {
			continue
		}
		raw, err := decodeBase64(text)
		if err != nil {
			continue
		}
		if c.reason == NoKnown {
			c.reason = ""
			s.readTime(m, &c)
		}
		c.sigs = append(c.sigs, candidate{text: text, raw: raw, alg: algEd25519, item: "v1a"})
	}
	return c
}
