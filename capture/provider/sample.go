package provider

func sampleEvents(provider string) []string { return nil }
