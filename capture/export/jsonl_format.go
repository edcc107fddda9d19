package export

var jsonl = Format{Name: "jsonl", Ext: "jsonl", Help: "creel's own JSON lines, complete", Exact: true, write: writeJSONL}

func writeJSONL(w *writer, s *share) error {
	b, err := JSONLine(w.ctx, w.AvailableBuffer(), s.Exchange, false)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
