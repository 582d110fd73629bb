// Package opc opens the zip packages of Office Open XML within limits, and scans their XML. It is what the DOCX and
// XLSX readers share.
package opc

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

const (
	// MaxEntries is how many files a package may hold. Real ones hold tens; with pictures, hundreds.
	MaxEntries = 10_000
	// smallEntry is the size up to which an entry may be packed as tightly as it likes: XML of an empty table shrinks a lot.
	smallEntry = 4 << 20
)

// Package is an open file of parts.
type Package struct {
	kind  docio.Kind
	files map[string]*zip.File
	ratio int64
	left  int64 // bytes that may still be unpacked
}

// Open reads the directory of a package. Errors: file.encrypted and file.wrong_kind for an OLE file, file.too_large,
// file.truncated.
func Open(data []byte, kind docio.Kind, lim docio.Limits) (*Package, error) {
	lim = lim.WithDefaults()
	switch {
	case len(data) == 0:
		return nil, docio.ErrEmpty()
	case int64(len(data)) > lim.Bytes:
		return nil, docio.ErrTooLarge("文件大小")
	case IsOLE(data):
		return nil, OLEError(data, kind)
	case !bytes.HasPrefix(data, []byte("PK")):
		return nil, docio.ErrWrongKind("其他格式的文件")
	// Counted before the directory is read, as each entry costs memory.
	case bytes.Count(data, []byte("PK\x01\x02")) > MaxEntries:
		return nil, docio.ErrTooLarge("压缩包里的文件过多")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, docio.ErrTruncated(kind, err)
	}
	p := &Package{kind: kind, files: make(map[string]*zip.File, len(z.File)), ratio: lim.Ratio, left: lim.Unpacked}
	for _, f := range z.File {
		// Names are compared without case, and some old writers use backslashes.
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if _, twice := p.files[name]; !twice {
			p.files[name] = f
		}
	}
	return p, nil
}

// Has reports whether there is a part of that name.
func (p *Package) Has(name string) bool { return p.files[key(name)] != nil }

func key(name string) string { return strings.ToLower(strings.TrimPrefix(name, "/")) }

// Part unpacks a part, as UTF-8. A part that is not there is nil without an error.
// Errors: file.zip_bomb, file.too_large, file.encrypted, file.truncated.
func (p *Package) Part(name string) ([]byte, error) {
	f := p.files[key(name)]
	if f == nil {
		return nil, nil
	}
	size, packed := f.UncompressedSize64, f.CompressedSize64
	switch {
	case f.Flags&1 != 0:
		return nil, docio.ErrEncrypted(p.kind)
	case size > smallEntry && size/uint64(p.ratio) > packed:
		return nil, docio.ErrBomb(path.Base(f.Name))
	case size > uint64(p.left):
		return nil, docio.ErrTooLarge("解压后的大小")
	}
	rc, err := f.Open()
	if err != nil {
		return nil, docio.ErrTruncated(p.kind, err)
	}
	defer func() { _ = rc.Close() }() // reading was checked; closing a decompressor frees a buffer
	// One byte more than declared is asked for, so that an entry that unpacks to more than it says is found out.
	buf := bytes.NewBuffer(make([]byte, 0, int(size)+bytes.MinRead))
	n, err := buf.ReadFrom(io.LimitReader(rc, int64(size)+1))
	if n > int64(size) {
		return nil, docio.ErrBomb(path.Base(f.Name))
	}
	if err != nil {
		return nil, docio.ErrTruncated(p.kind, err)
	}
	p.left -= n
	return toUTF8(buf.Bytes()), nil
}

// Rel is a relationship of a part to another.
type Rel struct {
	Type   string // the last word of the type's address, e.g. "styles"
	Target string // the name of a part in the package; "" for an external one
}

// Rels returns the relationships of a part by id; of the package itself for "".
func (p *Package) Rels(part string) (map[string]Rel, error) {
	dir, base := path.Split(part)
	data, err := p.Part(dir + "_rels/" + base + ".rels")
	if err != nil || data == nil {
		return nil, err
	}
	rels := map[string]Rel{}
	s := NewScanner(data)
	for s.Next() {
		if s.Kind != Start || Local(s.Name) != "Relationship" {
			continue
		}
		r := Rel{Type: path.Base(s.Attr("Type"))}
		if s.Attr("TargetMode") != "External" {
			target := s.Attr("Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("/", dir, target)
			}
			r.Target = strings.TrimPrefix(path.Clean(target), "/")
		}
		rels[s.Attr("Id")] = r
	}
	if s.Err() != nil {
		return nil, docio.ErrTruncated(p.kind, s.Err())
	}
	return rels, nil
}

// Find returns the target of the first relationship of a type, in order of their ids, or the fallback when there is none
// that exists.
func (p *Package) Find(rels map[string]Rel, typ, fallback string) string {
	for _, id := range slices.Sorted(maps.Keys(rels)) {
		if r := rels[id]; r.Type == typ && r.Target != "" && p.Has(r.Target) {
			return r.Target
		}
	}
	return fallback
}
