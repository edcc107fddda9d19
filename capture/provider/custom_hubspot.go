package provider

import "strings"

var (
	hubspotID      = []string{"b:0.eventId", "b:eventId"}
	hubspotEvent   = []string{"b:0.subscriptionType", "b:subscriptionType"}
	hubspotAttempt = []string{"b:0.attemptNumber", "b:attemptNumber"}
)

// hubspotV3 signs method, URL, body and time.
func hubspotV3() Scheme {
	return Scheme{
		Provider: "hubspot-v3", Title: "HubSpot", Names: []string{"hubspot"}, Detect: []string{"X-HubSpot-Signature-v3"},
		orDetect: []string{"X-HubSpot-Request-Timestamp"},
		Sig:      []string{"X-HubSpot-Signature-v3"}, Out: "base64", Template: "{method}{url}{body}{ts}", spell: hubspotURLs,
		TS: "h:X-HubSpot-Request-Timestamp", TSUnit: "ms", Tol: 300,
		When: []string{"b:0.occurredAt"},
		ID:   hubspotID, Event: hubspotEvent, Attempt: hubspotAttempt, attemptFrom0: true,
		Deadline: 5, Retries: "exponential", Source: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
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
