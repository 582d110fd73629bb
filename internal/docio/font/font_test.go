package font

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	sfnt "github.com/tdewolff/font"

	"github.com/gongkai/gongkai/internal/fault"
)

func embeddedSet(t *testing.T) *Set {
	s, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEmbeddedFontsHaveTheCharacters(t *testing.T) {
	s := embeddedSet(t)
	for style := range styles {
		for _, r := range "政府信息公开〔2021〕—“”①Ⅳ℃％㎡𠮷䶮㛃䲜鿍𬱖𫍽𬭛" {
			if _, _, ok := s.Pick(style, r); !ok {
				t.Errorf("style %d: no font has %c (U+%04X)", style, r, r)
			}
		}
	}
	if _, _, ok := s.Pick(Fang, '\U00031350'); ok {
		t.Error("a character that is in no embedded font was found")
	}
}

// TestRareListIsTheFonts checks that the committed list and the committed fonts belong together.
func TestRareListIsTheFonts(t *testing.T) {
	list, err := os.ReadFile(filepath.Join("data", "rare.txt"))
	if err != nil {
		t.Fatal(err)
	}
	_, rare, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(list)) {
		_, char, _ := strings.Cut(strings.TrimSpace(line), " ")
		r := []rune(char)[0]
		n++
		if rare[0].Glyph(r) == 0 && rare[1].Glyph(r) == 0 {
			t.Errorf("%c (U+%04X) is listed and in no font", r, r)
		}
	}
	if n < 2000 {
		t.Errorf("only %d characters are listed", n)
	}
}

func TestSubsetIsAFont(t *testing.T) {
	f := embeddedSet(t).Chain(Song)[0]
	a, b := f.Glyph('人'), f.Glyph('民')
	data, err := f.Subset([]uint16{0, b, a, b})
	if err != nil {
		t.Fatal(err)
	}
	sub, err := sfnt.ParseEmbeddedSFNT(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := sub.NumGlyphs(); n != 4 {
		t.Errorf("got %d glyphs, want 4", n)
	}
	if sum := checksum(data); sum != 0xB1B0AFBA {
		t.Errorf("checksum %X", sum)
	}
	if got, want := sub.GlyphAdvance(1), f.font.GlyphAdvance(b); got != want {
		t.Errorf("advance %d, want %d", got, want)
	}
}

// TestSubsetsAtOnce checks that the shared font is not changed by being embedded, from many sides at once.
func TestSubsetsAtOnce(t *testing.T) {
	f := embeddedSet(t).Chain(Song)[0]
	glyphs := f.font.NumGlyphs()
	ids := []uint16{0}
	for _, r := range "信息公开年度报告" {
		ids = append(ids, f.Glyph(r))
	}
	want, err := f.Subset(ids)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	results := make([][]byte, 8)
	for i := range results {
		wg.Go(func() {
			b, err := f.Subset(ids)
			if err == nil {
				results[i] = b
			}
		})
	}
	wg.Wait()
	for i, got := range results {
		if !bytes.Equal(got, want) {
			t.Errorf("subset %d differs", i)
		}
	}
	if f.font.NumGlyphs() != glyphs {
		t.Errorf("the font has %d glyphs now, had %d", f.font.NumGlyphs(), glyphs)
	}
}

// install writes a small font with the given characters under a file name.
func install(t *testing.T, dir, name, chars string) {
	f := embeddedSet(t).Chain(Song)[0]
	ids := []uint16{0}
	for _, r := range chars {
		ids = append(ids, f.Glyph(r))
	}
	c, maxp, head, hhea := *f.font, *f.font.Maxp, *f.font.Head, *f.font.Hhea
	c.Maxp, c.Head, c.Hhea = &maxp, &head, &hhea
	sub, err := c.Subset(ids, sfnt.SubsetOptions{Tables: []string{"cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "OS/2", "post"}})
	if err != nil {
		t.Fatal(err)
	}
	err = os.WriteFile(filepath.Join(dir, name), assemble(sub.Tables), 0o600)
	if err != nil {
		t.Fatal(err)
	}
}

func TestFindPrefersOfficialFonts(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	install(t, second, "SimFang.ttf", "政府")
	install(t, second, "SIMSUN.TTF", "政府信息")
	install(t, first, "simfang.ttf", "政")
	err := os.WriteFile(filepath.Join(first, "simhei.ttf"), []byte("no font"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Find([]string{"", filepath.Join(first, "absent"), first, second})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		style    Style
		r        rune
		embedded bool
		depth    int // in the chain
	}{
		{Fang, '政', false, 0}, // the earlier directory's
		{Fang, '府', false, 1}, // 宋体 for what it lacks
		{Fang, '公', true, 2},
		{Hei, '府', false, 0}, // the damaged file is passed over
		{Song, '公', true, 1},
	} {
		f, _, ok := s.Pick(tt.style, tt.r)
		if !ok || f.Embedded() != tt.embedded || s.Chain(tt.style)[tt.depth] != f {
			t.Errorf("%c in style %d: found %t, embedded %t", tt.r, tt.style, ok, f.Embedded())
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("no font at all"), "a header alone": {0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0}} {
		if _, err := Parse(data, 0, name); err == nil {
			t.Errorf("%s was taken for a font", name)
		}
	}
	for bits, want := range map[byte]bool{0: false, 2: true, 4: false, 8: false, 6: false} {
		if got := restricted([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, bits}); got != want {
			t.Errorf("licence bits %d: restricted %t", bits, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	set, err := Embedded()
	if err != nil {
		f.Fatal(err)
	}
	face := set.Chain(Song)[0]
	ids := []uint16{0, face.Glyph('人'), face.Glyph('民')}
	c, maxp, head, hhea := *face.font, *face.font.Maxp, *face.font.Head, *face.font.Hhea
	c.Maxp, c.Head, c.Hhea = &maxp, &head, &hhea
	sub, err := c.Subset(ids, sfnt.SubsetOptions{Tables: []string{"cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "OS/2", "post"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(assemble(sub.Tables))
	f.Add([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10"))
	f.Fuzz(func(t *testing.T, data []byte) {
		face, err := Parse(data, 0, "x")
		if (face == nil) == (err == nil) {
			t.Fatalf("face %v, error %v", face, err)
		}
		if face != nil && face.Name == "" {
			t.Fatal("a font without name")
		}
		if face != nil {
			g := face.Glyph('人')
			face.Advance(g)
			_, err = face.Subset([]uint16{0, 1, g})
			if err == nil && len(data) == 0 {
				t.Fatal("a font of nothing")
			}
		}
	})
}

func TestErrMissing(t *testing.T) {
	list := []Missing{{'\U00031350', "第3段文字"}, {'x', "表"}, {'x', "表"}, {'x', "表"}, {'x', "表"}, {'x', "表"}}
	err := ErrMissing(list)
	if !errors.Is(err, fault.Incapable) || fault.CodeOf(err) != "font.missing_glyph" {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{"第3段文字的“\U00031350”（U+31350）", "共 6 处", Variable} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}
