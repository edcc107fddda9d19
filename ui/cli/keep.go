package cli

// keepSecret writes a secret into the table [secrets] of the configuration file.
func (p *program) keepSecret(name, value string) error {
	return p.changeConfig(func(old []byte) ([]byte, error) { return withText(old, "secrets", name, value) })
}

// keepTheme makes a theme that of the next start, too.
func (p *program) keepTheme(name string) error {
	return p.changeConfig(func(old []byte) ([]byte, error) { return withText(old, "", "theme", name) })
}
