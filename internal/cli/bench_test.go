package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// BenchmarkCheckManyReports runs the program as a process of its own over a folder of mixed reports and prints the time per
// report and the peak of its memory, for a thousand and for ten thousand files: the peak must not grow with their number.
func BenchmarkCheckManyReports(b *testing.B) {
	dir := b.TempDir()
	bin := filepath.Join(dir, "gongkai")
	out, err := exec.Command("go", "build", "-o", bin, "../../cmd/gongkai").CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	files := mixedFiles(b)
	for _, n := range []int{1_000, 10_000} {
		in := filepath.Join(dir, fmt.Sprint(n))
		err := os.Mkdir(in, 0o700)
		if err != nil {
			b.Fatal(err)
		}
		for i := range n {
			f := files[i%len(files)]
			err := os.WriteFile(filepath.Join(in, fmt.Sprintf("%05d.%s", i, f.ext)), f.data, 0o600)
			if err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command(bin, "report", "check", "--json", in)
				start := time.Now()
				err := cmd.Run()
				if code := cmd.ProcessState.ExitCode(); err != nil && code != 1 {
					b.Fatalf("exit %d: %v", code, err)
				}
				use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
				if !ok {
					b.Fatal("no resource usage")
				}
				b.ReportMetric(time.Since(start).Seconds()*1000/float64(n), "ms/report")
				b.ReportMetric((cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()).Seconds()*1000/float64(n), "cpu-ms/report")
				b.ReportMetric(float64(use.Maxrss)/1024, "MiB-peak")
			}
		})
	}
}

type benchFile struct {
	ext  string
	data []byte
}

// mixedFiles are reports in all kinds: pages and texts as found, and files as an office writes them.
func mixedFiles(b *testing.B) []benchFile {
	b.Helper()
	var out []benchFile
	for seed := range uint64(6) {
		rep := sample.New(seed, report.Format2021, sample.Options{})
		for _, l := range []sample.Layout{sample.HTMLSpans, sample.HTMLFlat, sample.Tabs, sample.Glued, sample.PDFLayout} {
			ext := "txt"
			if l.IsHTML() {
				ext = "html"
			}
			text, _ := sample.Render(rep, l)
			out = append(out, benchFile{ext, []byte(text)})
		}
		for _, k := range []docio.Kind{docio.DOCX, docio.DOCX, docio.XLSX, docio.PDF} {
			var w bytes.Buffer
			err := intake.Write(&w, k, rep)
			if err != nil {
				b.Fatal(err)
			}
			out = append(out, benchFile{string(k), w.Bytes()})
		}
	}
	return out
}
