package fee_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/fee"
)

func TestTariff(t *testing.T) {
	items := map[int]int{0: 0, 1: 0, 10: 0, 11: 100, 30: 2000, 31: 2200, 40: 4000, 41: 4300, 50: 7000, 60: 11000}
	pages := map[int]int{0: 0, 30: 0, 31: 10, 100: 700, 101: 720, 200: 2700, 201: 2740, 300: 6700}
	for basis, vectors := range map[fee.Basis]map[int]int{fee.Items: items, fee.Pages: pages} {
		for n, want := range vectors {
			if f, err := fee.Compute(basis, n); err != nil || f.Yuan != want {
				t.Errorf("%d %s: %d yuan, %v; want %d", n, basis, f.Yuan, err, want)
			}
		}
	}
}

func TestBandsAreWrittenOut(t *testing.T) {
	f, err := fee.Compute(fee.Items, 41)
	want := []fee.Band{{1, 10, 10, 0, 0}, {11, 30, 20, 100, 2000}, {31, 40, 10, 200, 2000}, {41, 50, 1, 300, 300}}
	if diff := cmp.Diff(want, f.Bands); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	f, err = fee.Compute(fee.Pages, 201)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(f)
	const wantJSON = `{"basis":"pages","units":201,"yuan":2740,"bands":[{"from":1,"to":30,"units":30,"price":0,"amount":0},` +
		`{"from":31,"to":100,"units":70,"price":10,"amount":700},{"from":101,"to":200,"units":100,"price":20,"amount":2000},` +
		`{"from":201,"to":0,"units":1,"price":40,"amount":40}],"legal":["信息处理费管理办法 第五条"]}`
	if err != nil || string(b) != wantJSON {
		t.Errorf("%v %s", err, b)
	}
	if fee.Items.Free() != 10 || fee.Pages.Free() != 30 {
		t.Errorf("free: %d items, %d pages", fee.Items.Free(), fee.Pages.Free())
	}
}

func TestWhatCannotBeCharged(t *testing.T) {
	for basis, n := range map[fee.Basis]int{fee.Items: -1, fee.Pages: fee.MaxUnits + 1, "both": 1} {
		if _, err := fee.Compute(basis, n); !errors.Is(err, fault.Usage) {
			t.Errorf("%d %s: %v", n, basis, err)
		}
	}
}

// TestEachUnitHasItsPrice: the sum grows by the price of one unit, which never falls.
func TestEachUnitHasItsPrice(t *testing.T) {
	marginal := func(b fee.Basis, n int) int {
		switch {
		case b == fee.Items && n > 30:
			return 100 * (1 + (n-30+9)/10)
		case b == fee.Items && n > 10:
			return 100
		case b == fee.Pages && n > 200:
			return 40
		case b == fee.Pages && n > 100:
			return 20
		case b == fee.Pages && n > 30:
			return 10
		}
		return 0
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := rapid.SampledFrom([]fee.Basis{fee.Items, fee.Pages}).Draw(rt, "basis")
		n := rapid.IntRange(1, 2000).Draw(rt, "n")
		f, err := fee.Compute(b, n)
		before, err2 := fee.Compute(b, n-1)
		if err != nil || err2 != nil || f.Yuan-before.Yuan != marginal(b, n) {
			rt.Fatalf("the %dth of %s costs %d, want %d (%v %v)", n, b, f.Yuan-before.Yuan, marginal(b, n), err, err2)
		}
		units, sum := 0, 0
		for _, band := range f.Bands {
			units, sum = units+band.Units, sum+band.Amount
		}
		if units != n || sum != f.Yuan {
			rt.Fatalf("the bands hold %d units and %d yuan of %d and %d", units, sum, n, f.Yuan)
		}
	})
}
