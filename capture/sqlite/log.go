package sqlite

import (
	"encoding/binary"
	"iter"
	"os"
	"time"
)

// frame is a page in the write-ahead log of a database. The format is described
// in https://www.sqlite.org/fileformat2.html#the_write_ahead_log.
type frame struct {
	page   int64
	at     int64 // where in the log the page starts
	commit bool  // it is the last of its transaction
	sound  bool  // its checksum, and those of all before it, are right
}

const (
	logHead   = 32
	frameHead = 24
)

// frames yields the frames of a log up to its end, or to what an earlier use of
// the file left behind.
func frames(wal *os.File) iter.Seq[frame] {
	return func(yield func(frame) bool) {
		var head [logHead]byte
		if _, err := wal.ReadAt(head[:], 0); err != nil {
			return
		}
		var order binary.ByteOrder = binary.LittleEndian
		if head[3]&1 == 1 {
			order = binary.BigEndian
		}
		var sum logSum
		sound := sum.add(order, head[:24]).is(head[24:])
		salt := string(head[16:24])
		buf := make([]byte, frameHead+pageBytes)
		for at := int64(logHead); ; at += int64(len(buf)) {
			if _, err := wal.ReadAt(buf, at); err != nil {
				return
			}
			if at == logHead && !sound {
				salt = string(buf[8:16]) // that of the head is as doubtful as the rest of it
			}
			if string(buf[8:16]) != salt {
				return
			}
			sound = sum.add(order, buf[:8]).add(order, buf[frameHead:]).is(buf[16:24]) && sound
			f := frame{
				page: int64(binary.BigEndian.Uint32(buf)), at: at + frameHead,
				commit: binary.BigEndian.Uint32(buf[4:]) != 0, sound: sound,
			}
			if !yield(f) {
				return
			}
		}
	}
}

// logSum is the running checksum of a log.
type logSum struct{ a, b uint32 }

func (s *logSum) add(order binary.ByteOrder, data []byte) *logSum {
	for i := 0; i+8 <= len(data); i += 8 {
		s.a += order.Uint32(data[i:]) + s.b
		s.b += order.Uint32(data[i+4:]) + s.a
	}
	return s
}

func (s *logSum) is(stored []byte) bool {
	return s.a == binary.BigEndian.Uint32(stored) && s.b == binary.BigEndian.Uint32(stored[4:])
}

// logDamaged reports whether the log of a database has a whole transaction at or
// after a wrong checksum. SQLite ignores a log from there on without a word,
// since that is how a transaction that a crash cut off looks; but that one has
// no end. Another process may be writing at this moment, so it looks again.
func logDamaged(path string) bool {
	for range 3 {
		if !looksDamaged(path) {
			return false
		}
		time.Sleep(50 * time.Millisecond)
	}
	return true
}

func looksDamaged(path string) bool {
	wal, err := os.Open(path + "-wal")
	if err != nil {
		return false
	}
	defer wal.Close()
	for f := range frames(wal) {
		if f.commit && !f.sound {
			return true
		}
	}
	return false
}

// addLog puts the pages of whole transactions in the log in the place of those
// in the file. A page with a number above most cannot be: each frame adds one
// page to the file at the most.
func (p *pages) addLog(most int64) {
	open := map[int64]int64{} // of the transaction being read
	for f := range frames(p.wal) {
		if f.page >= 1 && f.page <= most {
			open[f.page] = f.at
		}
		if !f.commit {
			continue
		}
		for number, at := range open {
			p.newer[number] = at
			p.last = max(p.last, number)
		}
		clear(open)
	}
}
