package provider

import "strings"

// hubspotRows are the three versions of its signatures, the newest first.
func hubspotRows() []Scheme {
	hubspot := func(s Scheme) Scheme {
		s.Title, s.Names = "HubSpot", []string{"hubspot"}
		s.ID, s.Event = []string{"b:0.eventId", "b:eventId"}, []string{"b:0.subscriptionType", "b:subscriptionType"}
		s.Attempt, s.attemptFrom0 = []string{"b:0.attemptNumber", "b:attemptNumber"}, true
		s.Deadline, s.Retries = 5, "exponential"
		s.Source = "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests"
		return s
	}
	return []Scheme{
		hubspot(Scheme{
			Provider: "hubspot-v3", orDetect: []string{"X-HubSpot-Request-Timestamp"}, Sig: []string{"X-HubSpot-Signature-v3"}, Out: "base64",
			Template: "{method}{url}{body}{ts}", spell: hubspotURLs, TS: "h:X-HubSpot-Request-Timestamp", TSUnit: "ms", Tol: 300, When: []string{"b:0.occurredAt"},
		}),
		hubspot(Scheme{
			Provider: "hubspot-v2", Detect: []string{"X-HubSpot-Signature", "X-HubSpot-Signature-Version: v2"},
			Sig: []string{"X-HubSpot-Signature"}, Alg: algPlain, Template: "{secret}{method}{url}{body}", spell: hubspotURLs,
		}),
		hubspot(Scheme{Provider: "hubspot-v1", Sig: []string{"X-HubSpot-Signature"}, Alg: algPlain, Template: "{secret}{body}"}),
	}
}

// hubspotDecoded are the escapes that HubSpot undoes in the URL before it signs.
var hubspotDecoded = strings.NewReplacer(
	"%3A", ":", "%2F", "/", "%3F", "?", "%40", "@", "%21", "!", "%24", "$", "%27", "'",
	"%28", "(", "%29", ")", "%2A", "*", "%2C", ",", "%3B", ";",
	"%3a", ":", "%2f", "/", "%3f", "?", "%2a", "*", "%2c", ",", "%3b", ";",
)

func hubspotURLs(_ *message, u string) []string {
	if d := hubspotDecoded.Replace(u); d != u {
		return []string{d, u}
	}
	return []string{u}
}
