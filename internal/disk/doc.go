// Package disk holds what files need to outlive a power cut, and how a full disk is known, on every system.
package disk
