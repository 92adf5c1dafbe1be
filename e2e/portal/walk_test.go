package portal

import (
	"regexp"
	"strings"
)

var links = regexp.MustCompile(`href="(/[^"#]*)"`)

// walk opens pages along their links, from one that everybody has, and returns their paths: at most so many of a kind.
func walk(most int, open func(path string) (body string)) []string {
	all, met, kinds := []string{}, map[string]bool{}, map[string]int{}
	for todo := []string{"/access"}; len(todo) > 0; todo = todo[1:] {
		for _, link := range links.FindAllStringSubmatch(open(todo[0]), -1) {
			path := link[1]
			if met[path] || kinds[kind(path)] == most || path == "/" || path == "/signin" || strings.HasPrefix(path, "/assets/") {
				continue
			}
			met[path] = true
			kinds[kind(path)]++
			all, todo = append(all, path), append(todo, path)
		}
	}
	return all
}

// kind is what pages of a sort have in common: the path without its handle.
func kind(path string) string { return "/" + strings.SplitAfterN(path[1:], "/", 2)[0] }
