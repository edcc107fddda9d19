package sqlite

func (s *Store) rescue(why error) error { return why }
