// Package font finds the fonts that documents are set in, checks that they have the characters, and embeds them.
package font

import (
	"os"
	"path/filepath"
	"sync"
)

// Style is a kind of letter that a layout asks for.
type Style uint8

// The styles of GB/T 9704, and Song for tables.
const (
	Title Style = iota // 小标宋
	Hei                // 黑体
	Kai                // 楷体
	Fang               // 仿宋
	Song               // 宋体
	styles
)

// Variable is the environment variable with the directory that is searched for fonts before the system's.
const Variable = "GONGKAI_FONTS"

// Set is the fonts at hand: for every style a chain of faces, tried in order for every character.
type Set struct {
	chains [styles][]*Face
	wide   func() []*Face // fonts of many rare characters, large and therefore read only when a character needs them
}

// Chain returns the faces of a style, the preferred one first. There is always at least one.
func (s *Set) Chain(style Style) []*Face { return s.chains[min(style, styles-1)] }

// Pick returns the first face of the style's chain that has r, with its glyph. ok is false when none has it.
func (s *Set) Pick(style Style, r rune) (face *Face, glyph uint16, ok bool) {
	for _, f := range s.Chain(style) {
		g := f.Glyph(r)
		if g != 0 {
			return f, g, true
		}
	}
	for _, f := range s.wide() {
		g := f.Glyph(r)
		if g != 0 {
			return f, g, true
		}
	}
	return nil, 0, false
}

// Default returns the set of this machine: the directory named by GONGKAI_FONTS, the system's fonts, and the embedded
// ones. It is made on the first call and kept.
var Default = sync.OnceValues(func() (*Set, error) {
	dirs := systemDirs()
	if d := os.Getenv(Variable); d != "" {
		dirs = append([]string{d}, dirs...)
	}
	return Find(dirs)
})

// Embedded returns the set of the embedded fonts alone, which is the same on every machine.
var Embedded = sync.OnceValues(func() (*Set, error) { return Find(nil) })

// Find returns the set of the fonts in these directories, the earlier ones preferred, completed by the embedded fonts. A
// file that is damaged, has no TrueType outlines or may not be embedded is passed over, as is a directory that does not
// exist: the embedded fonts always remain.
// Errors: only when the embedded fonts themselves cannot be read.
func Find(dirs []string) (*Set, error) {
	serif, rare, err := embedded()
	if err != nil {
		return nil, err
	}
	l := &loader{files: index(dirs), loaded: map[string]*Face{}}
	s := Set{wide: sync.OnceValue(func() []*Face { return l.all(wideNames) })}
	song := l.first(official[Song])
	for style := range styles {
		var chain []*Face
		chain = join(chain, l.first(official[style]), song, serif)
		chain = join(chain, rare...)
		s.chains[style] = chain
	}
	return &s, nil
}

// join appends the faces that are not nil and not there yet.
func join(chain []*Face, more ...*Face) []*Face {
next:
	for _, f := range more {
		if f == nil {
			continue
		}
		for _, have := range chain {
			if have == f {
				continue next
			}
		}
		chain = append(chain, f)
	}
	return chain
}

// loader reads the files that an index found, each once.
type loader struct {
	files  map[string]string // lower-case base name → path
	loaded map[string]*Face
}

// first returns the first of the named fonts that can be used, or nil.
func (l *loader) first(names []string) *Face {
	for _, n := range names {
		if f := l.load(n); f != nil {
			return f
		}
	}
	return nil
}

func (l *loader) all(names []string) []*Face {
	var out []*Face
	for _, n := range names {
		if f := l.load(n); f != nil {
			out = append(out, f)
		}
	}
	return out
}

func (l *loader) load(name string) *Face {
	path, ok := l.files[name]
	if !ok {
		return nil
	}
	if f, ok := l.loaded[path]; ok {
		return f
	}
	l.loaded[path] = nil
	data, err := os.ReadFile(path)
	if err != nil {
		return nil // a font that cannot be read is as good as none; the next one of the chain is taken
	}
	f, err := Parse(data, 0, filepath.Base(path))
	if err != nil {
		return nil // see above
	}
	l.loaded[path] = f
	return f
}
