package portal

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/fee"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// maxItems is the most items that the page writes out: each ten are a row.
const maxItems = 3000

// Fee returns the page that computes the information-processing fee, asked with GET.
func Fee(site *ui.Site) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := r.URL.Query()
		v := &feeView{basis: fee.Basis(q.Get("basis")), units: strings.TrimSpace(q.Get("n"))}
		if q.Has("n") || q.Has("basis") {
			v.compute()
		} else {
			v.basis = fee.Items
		}
		return site.Render(w, r, v.status(), feePage(site.NewPage(r, "收费计算", ""), v))
	}
}

// feeView is what the page of the fee shows.
type feeView struct {
	formErrors
	basis  fee.Basis
	units  string
	result *fee.Fee
}

func (v *feeView) compute() {
	n, err := strconv.Atoi(v.units)
	switch {
	case v.units == "":
		v.add("n", fault.New(fault.Usage, "portal.fee", "没有填件数或者页数，请填一个整数，如 41"))
	case err != nil:
		v.add("n", fault.Wrap(fault.Usage, "portal.fee", fmt.Sprintf("“%s”不是整数，请写件数或者页数，如 41", v.units), err))
	}
	if v.basis == fee.Items && n > maxItems {
		v.add("n", fault.New(fault.Usage, "portal.fee", fmt.Sprintf("网页上最多算 %d 件，更多的请用命令行 gongkai fee", maxItems)))
	}
	f, err := fee.Compute(v.basis, n)
	switch {
	case fault.CodeOf(err) == "fee.basis":
		v.add("basis", err)
	case err != nil:
		v.add("n", err)
	case len(v.list) == 0:
		v.result = &f
	}
}

func yuan(n int) string { return strconv.Itoa(n) + " 元" }
