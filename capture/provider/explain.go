package provider

func (s *Scheme) explain(m *message, c *claim, secrets, others []Secret, p *proof) string { return "" }
