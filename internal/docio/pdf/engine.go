// Package pdf reads reports from PDF files: characters and rulings come from a bundled engine (PDFium as WebAssembly),
// tables are rebuilt from the rulings or, without any, from the columns of white space.
package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	// maxInstances caps the instances of one engine; each needs about 20 MB once it has read a few files.
	maxInstances = 8
	// documentsPerInstance is how many files one instance reads before it is made anew: WebAssembly memory only grows.
	documentsPerInstance = 200
	// memoryPages bounds the memory of one instance, in pages of 64 KiB: 1 GiB.
	memoryPages = 1 << 14
)

var errClosed = errors.New("pdf: engine is closed")

// Engine is a pool of PDFium instances. It starts on first use and is safe for concurrent use.
type Engine struct {
	cacheDir string
	slots    chan struct{} // one token per instance that may exist

	mu     sync.Mutex
	pool   pdfium.Pool
	cache  wazero.CompilationCache
	idle   []*instance
	newest *guest // memory of the instance made last, set while one is made
	closed bool
}

// NewEngine returns an engine whose compiled code is kept under cacheDir; with "" it is kept in memory only.
// Nothing is started before the first file.
func NewEngine(cacheDir string) *Engine {
	n := min(max(runtime.GOMAXPROCS(0), 1), maxInstances)
	return &Engine{cacheDir: cacheDir, slots: make(chan struct{}, n)}
}

// DefaultCacheDir is where the compiled engine is kept: the user's cache directory, or "" when there is none.
func DefaultCacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "gongkai", "pdfium")
}

var defaultEngine = sync.OnceValue(func() *Engine { return NewEngine(DefaultCacheDir()) })

// Close ends the idle instances and frees the compiled code. Files being read are finished first by their readers;
// later calls of Read fail.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	var errs []error
	for _, in := range e.idle {
		errs = append(errs, in.close())
	}
	e.idle = nil
	if e.pool != nil {
		errs = append(errs, e.pool.Close())
	}
	if e.cache != nil {
		errs = append(errs, e.cache.Close(context.Background()))
	}
	return errors.Join(errs...)
}

// Ready starts the default engine if it is not running. The first start on a machine compiles it, which takes seconds and is
// no fault of the file that is read first: whoever measures the time of a file calls Ready before the clock starts.
func Ready() error {
	e := defaultEngine()
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return errClosed
	case e.pool != nil:
		return nil
	}
	return e.start()
}

// acquire waits for a free slot and returns an instance, a used one if there is.
func (e *Engine) acquire(ctx context.Context) (*instance, error) {
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	in, err := e.take()
	if err != nil {
		<-e.slots
		return nil, err
	}
	return in, nil
}

func (e *Engine) take() (*instance, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosed
	}
	if n := len(e.idle); n > 0 {
		in := e.idle[n-1]
		e.idle = e.idle[:n-1]
		return in, nil
	}
	if e.pool == nil {
		if err := e.start(); err != nil {
			return nil, err
		}
	}
	return e.newInstance()
}

// release gives an instance back. It is thrown away after an error or when it has read enough files.
func (e *Engine) release(in *instance, healthy bool) error {
	defer func() { <-e.slots }()
	e.mu.Lock()
	defer e.mu.Unlock()
	if healthy && !e.closed && in.documents < documentsPerInstance {
		e.idle = append(e.idle, in)
		return nil
	}
	return in.close()
}

// start compiles the engine or loads it from the cache. A cache that cannot be written or read is done without.
func (e *Engine) start() error {
	cache, onDisk := openCache(e.cacheDir)
	pool, err := e.startPool(cache)
	if err != nil && onDisk {
		// The files of the cache may be damaged.
		cache = wazero.NewCompilationCache()
		pool, err = e.startPool(cache)
	}
	if err != nil {
		return fmt.Errorf("pdf: start engine: %w", err)
	}
	e.pool, e.cache = pool, cache
	return nil
}

// openCache opens the cache on disk, or one in memory when there is no directory that can be used.
func openCache(dir string) (cache wazero.CompilationCache, onDisk bool) {
	if dir != "" {
		if disk, err := wazero.NewCompilationCacheWithDir(dir); err == nil {
			return disk, true
		}
	}
	return wazero.NewCompilationCache(), false
}

// startPool compiles the engine. The code is compiled without checks for a cancelled context, which would make it four
// times slower; guest.poison ends a running call instead.
func (e *Engine) startPool(cache wazero.CompilationCache) (pdfium.Pool, error) {
	cfg := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithCompilationCache(cache).
		WithMemoryLimitPages(memoryPages)
	allocator := experimental.MemoryAllocatorFunc(func(_, limit uint64) experimental.LinearMemory {
		e.newest = &guest{limit: limit}
		return e.newest
	})
	ctx := experimental.WithMemoryAllocator(context.Background(), allocator)
	ctx = experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0))
	return webassembly.Init(webassembly.Config{
		Context:       ctx,
		MaxIdle:       maxInstances,
		MaxTotal:      maxInstances,
		FSConfig:      wazero.NewFSConfig(), // no files: documents come as bytes
		RuntimeConfig: cfg,
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
}
