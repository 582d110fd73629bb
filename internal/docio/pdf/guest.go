package pdf

import (
	"encoding/binary"
	"math"
	"sync"
)

// guest is the linear memory of one instance. It implements experimental.LinearMemory of wazero.
type guest struct {
	limit uint64

	mu       sync.Mutex
	buf      []byte
	poisoned bool
}

// Reallocate grows the memory. It returns nil, which the engine takes as "out of memory", beyond the limit and after
// poison.
func (g *guest) Reallocate(size uint64) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	if size > g.limit || g.poisoned {
		return nil
	}
	if size > uint64(cap(g.buf)) {
		grown := make([]byte, size, min(g.limit, size+size/4))
		copy(grown, g.buf)
		g.buf = grown
	}
	g.buf = g.buf[:size]
	return g.buf
}

// Free drops the memory.
func (g *guest) Free() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.buf = nil
}

// poison overwrites everything that the code running in the instance works on, so that it soon reaches outside its
// memory and is ended. The sandbox keeps the damage inside; the instance must be thrown away.
func (g *guest) poison() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.poisoned = true
	for i := range g.buf {
		g.buf[i] = 0xff
	}
}

func (g *guest) isPoisoned() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.poisoned
}

// write copies data into the memory and reports whether it fits.
func (g *guest) write(at uint32, data []byte) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.poisoned || uint64(at)+uint64(len(data)) > uint64(len(g.buf)) {
		return false
	}
	copy(g.buf[at:], data)
	return true
}

// read copies from the memory into out and leaves it zero where there is none.
func (g *guest) read(at uint32, out []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if uint64(at)+uint64(len(out)) > uint64(len(g.buf)) {
		clear(out)
		return
	}
	copy(out, g.buf[at:])
}

// float32s reads n floats at p; n is at most 8.
func (g *guest) float32s(p uint32, n int) (out [8]float64) {
	var raw [32]byte
	g.read(p, raw[:4*n])
	for i := range n {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
	}
	return out
}

// float64s reads n doubles at p; n is at most 8.
func (g *guest) float64s(p uint32, n int) (out [8]float64) {
	var raw [64]byte
	g.read(p, raw[:8*n])
	for i := range n {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return out
}

// words reads n words at p; n is at most 8.
func (g *guest) words(p uint32, n int) (out [8]uint32) {
	var raw [32]byte
	g.read(p, raw[:4*n])
	for i := range n {
		out[i] = binary.LittleEndian.Uint32(raw[4*i:])
	}
	return out
}
