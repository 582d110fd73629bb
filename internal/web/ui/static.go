package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var files embed.FS

// Static serves the style sheet, the script and the pictures under names that change with their content.
type Static struct {
	prefix string // /static/<version>/
	plain  map[string][]byte
	zipped map[string][]byte
}

var types = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// NewStatic reads the embedded files.
func NewStatic() (*Static, error) {
	s := &Static{plain: map[string][]byte{}, zipped: map[string][]byte{}}
	sum := sha256.New()
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		name = strings.TrimPrefix(name, "static/")
		s.plain[name] = data
		s.zipped[name], err = zip(data)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ui: static: %w", err)
	}
	s.prefix = "/static/" + hex.EncodeToString(sum.Sum(nil))[:16] + "/"
	return s, nil
}

func zip(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// URL returns the address of a file.
func (s *Static) URL(name string) string { return s.prefix + name }

// ServeHTTP serves one file. An address of an older version is not found, so that nothing stale is kept for ever.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, s.prefix)
	data, known := s.plain[name]
	if !ok || !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", types[path.Ext(name)])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+s.prefix[len("/static/"):len(s.prefix)-1]+`"`)
	h.Add("Vary", "Accept-Encoding")
	if match := r.Header.Get("If-None-Match"); match != "" && match == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if acceptsGzip(r) && len(s.zipped[name]) < len(data) {
		h.Set("Content-Encoding", "gzip")
		data = s.zipped[name]
	}
	write(w, r, data)
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}
