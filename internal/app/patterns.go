package app

import (
	"maps"
	"slices"

	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Patterns lists every page there is, as net/http writes patterns, in order. Nothing is opened for it.
func Patterns() []string {
	h := &handler{site: &ui.Site{}, door: door.New(door.Options{})}
	return slices.Sorted(maps.Keys(routes(DefaultOptions(), h, &System{outlets: &outlets{}})))
}
