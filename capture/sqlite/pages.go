package sqlite

import (
	"database/sql/driver"
	"encoding/binary"
	"io"
	"os"
)

// pages reads the pages of a database file without trusting its trees, with
// those that its write-ahead log has in their place. It follows the file format
// that https://www.sqlite.org/fileformat2.html describes.
type pages struct {
	db, wal *os.File
	newer   map[int64]int64 // page number -> its place in the log
	last    int64           // the largest page number; that page may be cut off

	// follow is how many more pages may be read for rows that are longer than a
	// page: in a damaged file they may lead in circles.
	follow int64
}

// pageBytes is the size of a page in every file of creel's: what a damaged header
// says does not count.
const pageBytes = 8192

// openPages opens a file and, when there is one, its log.
func openPages(path string) (*pages, error) {
	db, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	p := &pages{db: db, newer: map[int64]int64{}}
	info, err := db.Stat()
	if err != nil {
		db.Close()
		return nil, err
	}
	p.last = pagesIn(info.Size())
	if wal, err := os.Open(path + "-wal"); err == nil {
		p.wal = wal
		if info, err := wal.Stat(); err == nil {
			p.addLog(p.last + pagesIn(info.Size()))
		}
	}
	p.follow = 4 * p.last
	return p, nil
}

// pagesIn is how many pages are in so many bytes; the last may be cut off.
func pagesIn(size int64) int64 { return (size + pageBytes - 1) / pageBytes }

func (p *pages) close() {
	p.db.Close()
	if p.wal != nil {
		p.wal.Close()
	}
}

// read returns a page, filled up with zeros when it is cut off; nil when there
// is none with that number.
func (p *pages) read(number int64) []byte {
	if number < 1 || number > p.last {
		return nil
	}
	return p.readInto(make([]byte, pageBytes), number)
}

// readInto is read of a page whose place in memory is used again.
func (p *pages) readInto(page []byte, number int64) []byte {
	file, at := p.db, (number-1)*pageBytes
	if place, ok := p.newer[number]; ok {
		file, at = p.wal, place
	}
	n, err := file.ReadAt(page, at)
	if n == 0 && err != nil && err != io.EOF {
		return nil
	}
	clear(page[n:])
	return page
}

// cell is a row of a table as it is in the file.
type cell struct {
	id     int64
	record []byte
}

// The types of the pages of a table.
const (
	interiorTable = 0x05 // leads to others
	leafTable     = 0x0d // holds rows
)

// cells returns the rows on a page that holds rows, as far as they are whole.
func (p *pages) cells(number int64) []cell {
	page := p.read(number)
	head := 0
	if number == 1 {
		head = 100
	}
	if page == nil || page[head] != leafTable {
		return nil
	}
	var cells []cell
	pointers := page[head+8:]
	for i := 0; i < int(binary.BigEndian.Uint16(page[head+3:])) && 2*i+2 <= len(pointers); i++ {
		at := int(binary.BigEndian.Uint16(pointers[2*i:]))
		if at >= len(page) {
			continue
		}
		if c, ok := p.cell(page[at:]); ok {
			cells = append(cells, c)
		}
	}
	return cells
}

// cell reads one row, following it to other pages when it is long.
func (p *pages) cell(data []byte) (c cell, ok bool) {
	length, data, ok := varint(data)
	if !ok || length == 0 || length > pageBytes*uint64(p.last) {
		return c, false
	}
	id, data, ok := varint(data)
	if !ok {
		return c, false
	}
	c.id = int64(id)
	local := local(int(length))
	if local > len(data) {
		return c, false
	}
	c.record = data[:local:local]
	if local == int(length) {
		return c, true
	}
	c.record = append(make([]byte, 0, min(int(length), 1<<20)), c.record...)
	if local+4 > len(data) {
		return c, false
	}
	next := int64(binary.BigEndian.Uint32(data[local:]))
	for len(c.record) < int(length) {
		if p.follow--; p.follow < 0 {
			return c, false
		}
		page := p.read(next)
		if page == nil {
			return c, false
		}
		next = int64(binary.BigEndian.Uint32(page))
		c.record = append(c.record, page[4:min(len(page), 4+int(length)-len(c.record))]...)
	}
	return c, true
}

// local is how much of a row of that length is on the page itself.
func local(length int) int {
	most, least := pageBytes-35, (pageBytes-12)*32/255-23
	if length <= most {
		return length
	}
	if n := least + (length-least)%(pageBytes-4); n <= most {
		return n
	}
	return least
}

// varint reads a number of up to nine bytes, the high ones first.
func varint(data []byte) (n uint64, rest []byte, ok bool) {
	for i := range min(len(data), 9) {
		if i == 8 {
			return n<<8 | uint64(data[i]), data[9:], true
		}
		n = n<<7 | uint64(data[i]&0x7f)
		if data[i] < 0x80 {
			return n, data[i+1:], true
		}
	}
	return 0, nil, false
}

// values returns the columns of a record: nil, int64, string or []byte.
func values(record []byte) (row []driver.Value, ok bool) {
	list, ok := appendRecord(nil, record)
	for i := range list {
		row = append(row, list[i].driver())
	}
	return row, ok
}

// appendRecord appends the columns of a record to row.
func appendRecord(row []value, record []byte) (_ []value, ok bool) {
	size, types, ok := varint(record)
	own := len(record) - len(types) // what the size itself takes
	if !ok || size > uint64(len(record)) || int(size) < own {
		return row, false
	}
	types, data := types[:int(size)-own], record[size:]
	for len(types) > 0 {
		var kind uint64
		if kind, types, ok = varint(types); !ok {
			return row, false
		}
		v, n := readValue(kind, data)
		if n > len(data) {
			return row, false
		}
		row = append(row, v)
		data = data[n:]
	}
	return row, true
}

// readValue reads a column of that type and says how long it is: longer than the data when
// that is too short.
func readValue(kind uint64, data []byte) (v value, n int) {
	switch {
	case kind == 0:
		return v, 0
	case kind <= 6:
		n = [...]int{0, 1, 2, 3, 4, 6, 8}[kind]
		if n > len(data) {
			return v, n
		}
		i := int64(int8(data[0]))
		for _, b := range data[1:n] {
			i = i<<8 | int64(b)
		}
		return value{kind: kindNumber, number: i}, n
	case kind == 8 || kind == 9:
		return value{kind: kindNumber, number: int64(kind - 8)}, 0
	case kind >= 12 && kind/2-6 <= uint64(len(data)):
		n = int(kind/2 - 6)
		v = value{kind: kindBlob, data: data[:n:n]}
		if kind%2 == 1 {
			v.kind = kindText
		}
		return v, n
	}
	return v, len(data) + 1
}
