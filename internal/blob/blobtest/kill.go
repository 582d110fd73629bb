package blobtest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/blob"
)

// The variables that make a test program a child that puts files until it is killed.
const (
	childPlace = "GONGKAI_BLOBTEST_PLACE"
	childSeed  = "GONGKAI_BLOBTEST_SEED"
)

// rounds is how often a child is killed.
const rounds = 20

// Main is the TestMain of packages that call Kill: in a child it puts files, and otherwise runs the tests.
func Main(m *testing.M) {
	place := os.Getenv(childPlace)
	if place == "" {
		os.Exit(m.Run())
	}
	if err := child(place); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child puts files of all sizes and prints the digest of each once it is confirmed. The number of files is bounded, for the
// case that the parent is gone.
func child(place string) error {
	seed, err := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	s, err := blob.Open(ctx, place)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // sizes for a test, the same in every run
	for i := range 10_000 {
		n := random.IntN(300_000)
		if i%8 == 4 {
			n = Large
		}
		data := Content(byte(seed), n+8)
		copy(data, fmt.Sprintf("%08d", i))
		half, end := bytes.NewReader(data[:n/2]), bytes.NewReader(data[n/2:])
		info, err := s.Put(ctx, io.MultiReader(half, mark(atHalf), end, mark(atEnd)), int64(len(data)))
		if err != nil {
			return err
		}
		if _, err := fmt.Println(info.Digest); err != nil {
			return err
		}
	}
	return nil
}

// What a child says beside digests: that half of a file was read from it, and all of it. Then it is killed in every third round
// each, so that some die while they write and some while they flush and rename.
const (
	atHalf = "half"
	atEnd  = "end"
)

// mark is a reader of nothing that prints itself when it is come to.
type mark string

func (m mark) Read([]byte) (int, error) {
	if _, err := fmt.Println(string(m)); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// Kill kills a process in the midst of putting, again and again, and asks that all it had confirmed is whole and that no name
// stands for half a file. place is what blob.Open takes.
func Kill(t *testing.T, place string) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	confirmed := map[string]bool{}
	for round := range rounds {
		cmd := exec.CommandContext(t.Context(), exe) //nolint:gosec // the program that is running
		cmd.Env = append(os.Environ(), childPlace+"="+place, fmt.Sprintf("%s=%d", childSeed, round))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		until := []string{"", atHalf, atEnd}[round%3]
		for n := 0; lines.Scan(); {
			if len(lines.Text()) == 64 {
				confirmed[lines.Text()] = true
				n++
			}
			if n > round && (until == "" || lines.Text() == until) { // later in every round, so that small and large ones are hit
				break
			}
		}
		_ = Digest(Content(0, round*400_000)) // some work, longer each time: the kill falls before, in and after flush and rename
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			if len(lines.Text()) == 64 {
				confirmed[lines.Text()] = true
			}
		}
		if err := cmd.Wait(); err == nil {
			t.Errorf("round %d: the child ended by itself", round)
		}
	}
	if want := rounds * (rounds + 1) / 2; len(confirmed) < want {
		t.Fatalf("%d files were confirmed, want %d at least", len(confirmed), want)
	}
	s, err := blob.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	for d := range confirmed {
		if err := s.Verify(t.Context(), d); err != nil {
			t.Errorf("%s was confirmed: %v", d, err)
		}
	}
	kept := 0
	err = s.Each(t.Context(), func(i blob.Info) error {
		kept++
		return s.Verify(t.Context(), i.Digest)
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d confirmed, %d kept, all whole", len(confirmed), kept)
}
