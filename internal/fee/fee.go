// Package fee computes the information-processing fee (信息处理费): per item or per page, progressive, in whole yuan.
package fee

import (
	"encoding/json"
	"fmt"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/legal"
)

// Basis is what is counted. An agency picks one for an application, never both.
//
// Legal: 信息处理费管理办法 第三条.
type Basis string

// The bases.
const (
	Items Basis = "items" // applications of one applicant in a calendar month (按件)
	Pages Basis = "pages" // A4 pages or smaller, one side, of one application (按量)
)

// MaxUnits is the most items or pages that are computed.
const MaxUnits = 100_000

// Band is one step of the tariff with what falls into it.
type Band struct {
	From   int `json:"from"` // the first unit of the band, from 1
	To     int `json:"to"`   // the last; 0 where the band has no end
	Units  int `json:"units"`
	Price  int `json:"price"`  // yuan for each unit
	Amount int `json:"amount"` // yuan: Units × Price
}

// Name says in Chinese what falls into the band, e.g. 第 11 至 30 件. measure is that of the basis.
func (b Band) Name(measure string) string {
	if b.To == 0 {
		return fmt.Sprintf("第 %d %s起", b.From, measure)
	}
	return fmt.Sprintf("第 %d 至 %d %s", b.From, b.To, measure)
}

// Fee is a computed fee.
type Fee struct {
	Basis Basis
	Units int
	Yuan  int       // whole yuan
	Bands []Band    // those reached, in order
	Legal legal.Ref // the article of the tariff
}

// Free is how many units cost nothing.
func (b Basis) Free() int {
	_, to, _ := b.band(0)
	return to
}

// Legal returns the article of the tariff.
func (b Basis) Legal() legal.Ref {
	article := map[Basis]string{Items: "第四条", Pages: "第五条"}[b]
	return legal.Ref{Instrument: legal.FeeRules, Article: article}
}

// String returns the basis in Chinese.
func (b Basis) String() string {
	if b == Pages {
		return "按量（页）"
	}
	return "按件"
}

// Measure returns the measure word.
func (b Basis) Measure() string {
	if b == Pages {
		return "页"
	}
	return "件"
}

// band returns the band of the tariff with the number i, from 0. to is 0 where it has no end.
//
// Items: up to 10 in a month are free; from 11 to 30 each costs 100 yuan; each further ten cost 100 yuan more apiece.
// Pages: up to 30 are free; to 100 each costs 10 yuan, to 200 20 yuan, from 201 on 40 yuan.
//
// Legal: 信息处理费管理办法 第四条, 第五条.
func (b Basis) band(i int) (from, to, price int) {
	if b == Pages {
		switch i {
		case 0:
			return 1, 30, 0
		case 1:
			return 31, 100, 10
		case 2:
			return 101, 200, 20
		}
		return 201, 0, 40
	}
	switch i {
	case 0:
		return 1, 10, 0
	case 1:
		return 11, 30, 100
	}
	return 31 + 10*(i-2), 40 + 10*(i-2), 100 * i
}

// Compute returns the fee for n items of one applicant in one calendar month, or for n pages of one application.
//
// Errors: fault.Usage, code "fee.basis" or "fee.units" (n is below 0 or above MaxUnits).
func Compute(b Basis, n int) (Fee, error) {
	if b != Items && b != Pages {
		return Fee{}, fault.New(fault.Usage, "fee.basis", "收费只能按件（items）或按量（pages）计算，请选一种")
	}
	if n < 0 || n > MaxUnits {
		return Fee{}, fault.New(fault.Usage, "fee.units", fmt.Sprintf("%s数是 %d，应在 0 到 %d 之间，请核对", b.Measure(), n, MaxUnits))
	}
	f := Fee{Basis: b, Units: n, Bands: []Band{}, Legal: b.Legal()}
	for i := 0; ; i++ {
		from, to, price := b.band(i)
		if from > n {
			return f, nil
		}
		last := n
		if to != 0 {
			last = min(n, to)
		}
		band := Band{From: from, To: to, Units: last - from + 1, Price: price}
		band.Amount = band.Units * band.Price
		f.Yuan += band.Amount
		f.Bands = append(f.Bands, band)
		if to == 0 {
			return f, nil
		}
	}
}

// MarshalJSON writes the stable form: basis, units, yuan, bands, legal.
func (f Fee) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Basis Basis    `json:"basis"`
		Units int      `json:"units"`
		Yuan  int      `json:"yuan"`
		Bands []Band   `json:"bands"`
		Legal []string `json:"legal"`
	}{f.Basis, f.Units, f.Yuan, f.Bands, []string{f.Legal.Brief()}})
}
