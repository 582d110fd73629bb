package compare

// Op is one step of a difference.
type Op string

// The steps.
const (
	Equal   Op = "equal"
	Delete  Op = "delete"
	Insert  Op = "insert"
	Replace Op = "replace" // one sentence that was changed inside
)

// edit is a step over one item: the item a[i] for Equal and Delete, b[j] for Insert.
type edit struct {
	op   Op
	i, j int
}

// diff returns the steps from a to b after Myers (An O(ND) Difference Algorithm, 1986), with at most limit deletions and
// insertions together; ok is false when that was not enough and everything between the common ends was replaced instead.
// Time is bounded by (len(a)+len(b))·limit, memory by limit².
func diff(a, b []string, limit int) (steps []edit, ok bool) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		steps = append(steps, edit{Equal, head, head})
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	middle, ok := shortest(a[head:len(a)-tail], b[head:len(b)-tail], limit)
	for _, e := range middle {
		steps = append(steps, edit{e.op, e.i + head, e.j + head})
	}
	for k := tail; k > 0; k-- {
		steps = append(steps, edit{Equal, len(a) - k, len(b) - k})
	}
	return steps, ok
}

// shortest is the forward search of Myers' algorithm with the furthest points of every round kept for the way back.
func shortest(a, b []string, limit int) ([]edit, bool) {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return replaced(n, m), true
	}
	rounds := min(n+m, limit)
	v := make([]int, 2*rounds+3)
	mid := rounds + 1
	var trace [][]int
	for d := 0; d <= rounds; d++ {
		trace = append(trace, append([]int(nil), v[mid-d:mid+d+1]...))
		for k := -d; k <= d; k += 2 {
			x := furthest(v, mid, k, d)
			y := x - k
			for x < n && y < m && a[x] == b[y] {
				x, y = x+1, y+1
			}
			v[mid+k] = x
			if x >= n && y >= m {
				return back(trace, n, m), true
			}
		}
	}
	return replaced(n, m), false
}

// furthest is where round d starts on diagonal k: below the diagonal above or right of the one beneath.
func furthest(v []int, mid, k, d int) int {
	if k == -d || k != d && v[mid+k-1] < v[mid+k+1] {
		return v[mid+k+1]
	}
	return v[mid+k-1] + 1
}

// back walks from the end to the start through the rounds. trace[d] holds diagonals -d..d as they were before round d.
func back(trace [][]int, x, y int) []edit {
	var rev []edit
	for d := len(trace) - 1; d > 0; d-- {
		v := trace[d]
		at := func(k int) int { return v[k+d] }
		k := x - y
		prev := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			prev = k + 1
		}
		start, op := at(prev), Insert
		if prev == k-1 {
			start, op = start+1, Delete
		}
		for x > start {
			x, y = x-1, y-1
			rev = append(rev, edit{Equal, x, y})
		}
		if op == Insert {
			y--
		} else {
			x--
		}
		rev = append(rev, edit{op, x, y})
	}
	for x > 0 && y > 0 {
		x, y = x-1, y-1
		rev = append(rev, edit{Equal, x, y})
	}
	for i, j := 0, len(rev)-1; i < j; i, j = i+1, j-1 {
		rev[i], rev[j] = rev[j], rev[i]
	}
	return rev
}

func replaced(n, m int) []edit {
	out := make([]edit, 0, n+m)
	for i := range n {
		out = append(out, edit{Delete, i, 0})
	}
	for j := range m {
		out = append(out, edit{Insert, n, j})
	}
	return out
}
