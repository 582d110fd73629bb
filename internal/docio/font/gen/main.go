// Command gen makes the embedded fonts of package font from fonts that are installed: a serif with everything but
// glyphs removed, and for the rare characters that it lacks two subsets of the Hanazono fonts. Which rare characters
// is decided by what a large reference font covers, and is kept in rare.txt beside the fonts.
//
// It is run by hand, as `go generate ./internal/docio/font`, with the sources named on the command line; its output is
// committed, so a build needs none of them.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	sfnt "github.com/tdewolff/font"
)

func main() {
	serif := flag.String("serif", "NotoSerifSC_400Regular.ttf", "the body font, TrueType")
	hana := flag.String("hana", "/usr/share/fonts/truetype/hanazono", "directory of HanaMinA.ttf and HanaMinB.ttf")
	reference := flag.String("reference", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc,/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "fonts whose characters shall print, comma separated")
	out := flag.String("out", "data", "output directory")
	flag.Parse()
	err := run(*serif, *hana, strings.Split(*reference, ","), *out)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(serifPath, hana string, references []string, out string) error {
	serif, err := open(serifPath)
	if err != nil {
		return err
	}
	have := runes(serif, func(rune) bool { return true })
	err = write(serif, have, filepath.Join(out, "serif.ttf.gz"))
	if err != nil {
		return err
	}
	wanted := map[rune]bool{}
	for _, path := range references {
		ref, err := open(path)
		if err != nil {
			return err
		}
		for _, r := range runes(ref, rare) {
			wanted[r] = true
		}
	}
	// The two blocks that hold nearly all names are wanted whole, whatever the reference has.
	for r := rune(0x3400); r <= 0x9FFF; r++ {
		if rare(r) {
			wanted[r] = true
		}
	}
	for _, r := range have {
		delete(wanted, r)
	}
	var list strings.Builder
	for _, name := range []string{"HanaMinA", "HanaMinB"} {
		f, err := open(filepath.Join(hana, name+".ttf"))
		if err != nil {
			return err
		}
		found := runes(f, func(r rune) bool { return wanted[r] })
		for _, r := range found {
			delete(wanted, r)
			fmt.Fprintf(&list, "%X %c\n", r, r)
		}
		err = write(f, found, filepath.Join(out, strings.ToLower(name)+".ttf.gz"))
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d characters\n", name, len(found))
	}
	fmt.Printf("serif: %d characters; %d wanted ones found in no font\n", len(have), len(wanted))
	return os.WriteFile(filepath.Join(out, "rare.txt"), []byte(list.String()), 0o644) //nolint:gosec // a file of the repository
}

// rare reports whether r is a character that names and texts use and fonts often lack.
func rare(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x2000 && r < 0x3400 && unicode.IsGraphic(r)
}

func open(path string) (*sfnt.SFNT, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := sfnt.ParseSFNT(b, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// runes returns the characters of f that are wanted, in order.
func runes(f *sfnt.SFNT, want func(rune) bool) []rune {
	var out []rune
	for r := rune(0x20); r < 0xE0000; r++ {
		if f.GlyphIndex(r) != 0 && want(r) {
			out = append(out, r)
		}
	}
	return out
}

// write stores the glyphs of the characters as a font of its own.
func write(f *sfnt.SFNT, chars []rune, path string) error {
	ids, at := []uint16{0}, map[uint16]uint16{}
	glyph := make([]uint16, len(chars))
	for i, r := range chars {
		id := f.GlyphIndex(r)
		if _, ok := at[id]; !ok {
			at[id] = uint16(len(ids))
			ids = append(ids, id)
		}
		glyph[i] = at[id]
	}
	sub, err := f.Subset(ids, sfnt.SubsetOptions{Tables: []string{"cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "OS/2", "post"}})
	if err != nil {
		return err
	}
	sub.Tables["cmap"] = cmap(chars, glyph)
	// The licence of the sources reserves their names; a changed version carries none of them.
	sub.Tables["name"] = names(map[uint16]string{1: "Gongkai Fallback", 2: "Regular", 4: "Gongkai Fallback", 6: "GongkaiFallback"})
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	_, err = z.Write(sub.Write())
	if err != nil {
		return err
	}
	err = z.Close()
	if err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644) //nolint:gosec // a file of the repository
}

// cmap returns a character map of one subtable of format 12, which has room for all planes.
func cmap(chars []rune, glyph []uint16) []byte {
	type group struct{ first, last, id uint32 }
	var groups []group
	for i, r := range chars {
		n := len(groups)
		if n > 0 && groups[n-1].last+1 == uint32(r) && groups[n-1].id+uint32(r)-groups[n-1].first == uint32(glyph[i]) {
			groups[n-1].last++
			continue
		}
		groups = append(groups, group{uint32(r), uint32(r), uint32(glyph[i])})
	}
	be := binary.BigEndian
	b := be.AppendUint16(nil, 0)
	b = be.AppendUint16(b, 1)
	b = be.AppendUint16(b, 3)
	b = be.AppendUint16(b, 10)
	b = be.AppendUint32(b, 12)
	b = be.AppendUint16(b, 12)
	b = be.AppendUint16(b, 0)
	b = be.AppendUint32(b, uint32(16+12*len(groups)))
	b = be.AppendUint32(b, 0)
	b = be.AppendUint32(b, uint32(len(groups)))
	for _, g := range groups {
		b = be.AppendUint32(b, g.first)
		b = be.AppendUint32(b, g.last)
		b = be.AppendUint32(b, g.id)
	}
	return b
}

// names returns a name table with the given records in UTF-16.
func names(records map[uint16]string) []byte {
	be := binary.BigEndian
	var ids []uint16
	for id := range records {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	b := be.AppendUint16(nil, 0)
	b = be.AppendUint16(b, uint16(len(ids)))
	b = be.AppendUint16(b, uint16(6+12*len(ids)))
	var text []byte
	for _, id := range ids {
		var s []byte
		for _, r := range records[id] {
			s = be.AppendUint16(s, uint16(r))
		}
		for _, v := range []uint16{3, 1, 0x409, id, uint16(len(s)), uint16(len(text))} {
			b = be.AppendUint16(b, v)
		}
		text = append(text, s...)
	}
	return append(b, text...)
}
