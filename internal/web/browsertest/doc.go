// Package browsertest drives the pages in a real browser: with script and without, wide and narrow, in all sizes of type.
package browsertest
