// Package sample makes annual reports for tests: sound ones with invented content, and the same reports written down the
// way they are found in the wild, with the truth about every cell. It is imported by tests only.
package sample

import (
	"math/rand/v2"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/report"
)

// Scale is how large the figures of a report are.
type Scale uint8

// The scales. Mixed picks one of the others.
const (
	Mixed     Scale = iota
	AllZero         // a small office with nothing to report
	Small           // a handful of applications
	Medium          // some hundred
	Large           // thousands, as in a city
	OneDigit        // every single cell is below 10: the only scale at which glued digits stay readable
	scaleEnds       // not a scale
)

// Options say what a generated report is like. The zero value gives numbers in every cell.
type Options struct {
	Year   int    // the year reported on; 0 picks 2019 to 2025
	Agency string // "" picks an invented one
	Scale  Scale
	// Merged asks for （六）其他处理 as a single row in the 2021 format.
	Merged bool
	// Blank is the share of cells holding 0 that are left blank instead, from 0 to 1.
	Blank float64
	// BlankTotals leaves 总计 of the result rows blank, as some offices do.
	BlankTotals bool
	// Slash and Dash are the shares of the zero cells of table 2 that hold "/" or "-" instead.
	Slash, Dash float64
	// Words is the share of the zero cells of table 2 that hold 无.
	Words float64
	// Remarks is the share of the numbers above 9 in the rows of documents in table 2 that carry a remark.
	Remarks float64
}

// Report returns a sound report: K1, K2, K3 and K5 hold over the figures that it was made from, and its text agrees with
// them. The same state of rng gives the same report. A format without tables gives a report without tables.
func Report(rng *rand.Rand, format report.FormatID, opts Options) *report.Report {
	r := &report.Report{Format: format, Agency: opts.Agency, Year: opts.Year}
	if r.Agency == "" {
		r.Agency = agencyName(rng)
	}
	if r.Year == 0 {
		r.Year = 2019 + rng.IntN(7)
	}
	r.Title = title(r)
	f := report.FormatByID(format)
	if f == nil {
		compose(rng, r, figures{})
		return r
	}
	scale := opts.Scale
	if scale == Mixed {
		scale = AllZero + Scale(rng.IntN(int(scaleEnds-AllZero)))
	}
	fillTable2(rng, r, f, scale)
	fillTable3(rng, r, f, scale, opts.Merged)
	fillTable4(rng, r, f, scale)
	compose(rng, r, figuresOf(r))
	loosen(rng, r, opts)
	return r
}

// New returns a report from a seed of one number.
func New(seed uint64, format report.FormatID, opts Options) *report.Report {
	return Report(rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), format, opts)
}

// Gen generates reports of a format whose cells are all numbers, of any scale.
func Gen(format report.FormatID) *rapid.Generator[*report.Report] {
	return rapid.Custom(func(t *rapid.T) *report.Report {
		opts := Options{Scale: drawScale(t), Merged: format == report.Format2021 && rapid.Bool().Draw(t, "merged")}
		return New(rapid.Uint64().Draw(t, "seed"), format, opts)
	})
}

// GenLoose generates reports of a format with blanks, strokes, words and remarks among the numbers.
func GenLoose(format report.FormatID) *rapid.Generator[*report.Report] {
	shares := []float64{0, 0, 0.1, 0.5, 1}
	return rapid.Custom(func(t *rapid.T) *report.Report {
		opts := Options{
			Scale:       drawScale(t),
			Merged:      format == report.Format2021 && rapid.Bool().Draw(t, "merged"),
			Blank:       rapid.SampledFrom(shares).Draw(t, "blank"),
			BlankTotals: rapid.IntRange(0, 4).Draw(t, "blank totals") == 4,
			Slash:       rapid.SampledFrom(shares).Draw(t, "slash"),
			Dash:        rapid.SampledFrom(shares).Draw(t, "dash"),
			Words:       rapid.SampledFrom(shares).Draw(t, "words"),
			Remarks:     rapid.SampledFrom(shares).Draw(t, "remarks"),
		}
		return New(rapid.Uint64().Draw(t, "seed"), format, opts)
	})
}

func drawScale(t *rapid.T) Scale {
	return Scale(rapid.IntRange(int(AllZero), int(scaleEnds)-1).Draw(t, "scale"))
}
