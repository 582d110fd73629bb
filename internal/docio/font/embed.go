package font

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the fonts
	"fmt"
	"io"
	"sync"
)

//go:generate go run ./gen

// The embedded fonts. Noto Serif SC and the rare characters of Hanazono come under the licences beside them.
var (
	//go:embed data/serif.ttf.gz
	serifData []byte
	//go:embed data/hanamina.ttf.gz
	hanaAData []byte
	//go:embed data/hanaminb.ttf.gz
	hanaBData []byte
)

type bundle struct {
	serif *Face
	rare  []*Face
}

// unpacked is shared by all sets: the serif takes about 14 MB.
var unpacked = sync.OnceValues(func() (bundle, error) {
	var faces []*Face
	for _, src := range []struct {
		data []byte
		name string
	}{{serifData, "GongkaiSerif"}, {hanaAData, "GongkaiRareA"}, {hanaBData, "GongkaiRareB"}} {
		z, err := gzip.NewReader(bytes.NewReader(src.data))
		if err != nil {
			return bundle{}, fmt.Errorf("font: embedded %s: %w", src.name, err)
		}
		data, err := io.ReadAll(z)
		if err != nil {
			return bundle{}, fmt.Errorf("font: embedded %s: %w", src.name, err)
		}
		f, err := Parse(data, 0, src.name)
		if err != nil {
			return bundle{}, err
		}
		f.Name, f.embedded = src.name, true
		faces = append(faces, f)
	}
	return bundle{faces[0], faces[1:]}, nil
})

func embedded() (serif *Face, rare []*Face, err error) {
	b, err := unpacked()
	return b.serif, b.rare, err
}
