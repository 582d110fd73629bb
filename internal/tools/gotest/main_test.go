package main

import (
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	tests := []struct {
		name   string
		events string
		want   string
		sound  bool
	}{
		{
			name: "passes show the package line only",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"pass","Package":"p"}`,
			want: "ok  \tp\t0.1s\n1 passed, 0 failed\n", sound: true,
		},
		{
			name: "a failure shows its output",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:1: got 1\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			want: "    a_test.go:1: got 1\n0 passed, 1 failed\n",
		},
		{
			name: "a skip fails the run",
			events: `{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p"}`,
			want: "skipped, which fails the run: p TestB\n1 passed, 1 failed\n",
		},
		{
			name: "a package without tests is no skip",
			events: `{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"q"}`,
			want: "1 passed, 0 failed\n", sound: true,
		},
		{
			name: "a package that does not build",
			events: `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: undefined\n"}
{"Action":"fail","Package":"p"}`,
			want: "p.go:1: undefined\ndid not build or ended early: p\n0 passed, 1 failed\n",
		},
		{
			name: "a panic shows what the test had printed",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"panic: boom\n"}
{"Action":"fail","Package":"p"}`,
			want: "panic: boom\ndid not build or ended early: p\n0 passed, 1 failed\n",
		},
		{
			name: "the order is shown when a test failed",
			events: `{"Action":"output","Package":"p","Output":"-test.shuffle 1\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}
{"Action":"output","Package":"q","Output":"-test.shuffle 2\n"}
{"Action":"fail","Package":"q","Test":"TestB"}
{"Action":"fail","Package":"q"}`,
			want: "-test.shuffle 2\n1 passed, 1 failed\n",
		},
		{name: "nothing run is no success", events: ``, want: "0 passed, 0 failed\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			tally := newTally(&out)
			if err := tally.read(strings.NewReader(tt.events)); err != nil {
				t.Fatal(err)
			}
			tally.summary()
			if out.String() != tt.want {
				t.Errorf("printed %q, want %q", out.String(), tt.want)
			}
			if tally.sound() != tt.sound {
				t.Errorf("sound = %v, want %v", tally.sound(), tt.sound)
			}
		})
	}
}

func TestRunBadArguments(t *testing.T) {
	var out, errs strings.Builder
	if code := run([]string{"./does/not/exist"}, &out, &errs); code != 1 {
		t.Errorf("exit %d, want 1; printed %q %q", code, out.String(), errs.String())
	}
}
