// Package schema holds the public contract: the SDL, one file per noun, every field described and classed.
package schema

import "embed"

// FS holds the SDL files, `*.graphqls`.
//
//go:embed *.graphqls
var FS embed.FS
