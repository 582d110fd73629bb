package pdf

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/tetratelabs/wazero/api"
)

// instance is one running PDFium. Calls go to its exported functions directly: the wrapper allocates and frees memory
// in the engine for every box of every character, which is most of the time of a page.
type instance struct {
	handle    pdfium.Pdfium
	lookup    func(name string) api.Function
	functions map[string]api.Function
	memory    *guest
	scratch   uint32 // scratchSize bytes in the engine's memory for results
	stack     [8]uint64
	documents int
	err       error // first failure of a call; later calls do nothing
}

const scratchSize = 64

// newInstance must be called with e.mu held.
func (e *Engine) newInstance() (*instance, error) {
	e.newest = nil
	handle, err := e.pool.GetInstance(time.Minute)
	if err != nil {
		return nil, fmt.Errorf("pdf: start instance: %w", err)
	}
	impl, ok := handle.GetImplementation().(interface{ Fn(string) api.Function })
	if !ok || e.newest == nil {
		return nil, errors.Join(fmt.Errorf("pdf: unknown engine %T", handle.GetImplementation()), handle.Close())
	}
	in := &instance{handle: handle, lookup: impl.Fn, functions: map[string]api.Function{}, memory: e.newest}
	in.scratch = uint32(in.call("malloc", scratchSize))
	if in.err != nil || in.scratch == 0 {
		return nil, errors.Join(errors.New("pdf: no memory in engine"), in.err, handle.Close())
	}
	return in, nil
}

// close ends the instance. One that failed or was poisoned cannot even clean up after itself.
func (in *instance) close() error {
	if in.err != nil || in.memory.isPoisoned() {
		return in.handle.Kill()
	}
	return in.handle.Close()
}

// call calls an exported function and returns its result, 0 after a failure.
func (in *instance) call(name string, args ...uint64) uint64 {
	if in.err != nil {
		return 0
	}
	f, ok := in.functions[name]
	if !ok {
		f = in.lookup(name)
		in.functions[name] = f
	}
	if f == nil {
		in.err = fmt.Errorf("pdf: engine has no %s", name)
		return 0
	}
	copy(in.stack[:], args)
	if err := f.CallWithStack(context.Background(), in.stack[:]); err != nil {
		in.err = fmt.Errorf("pdf: %s: %w", name, err)
		return 0
	}
	return in.stack[0]
}

// at returns the address of the i-th 32-bit word of the scratch memory.
func (in *instance) at(i uint32) uint64 { return uint64(in.scratch + 4*i) }
