package arch

import (
	"fmt"
	"go/ast"
	"slices"
)

// longest is how many lines a file may have.
const longest = 250

func filesAreShort(f file) []string {
	if f.lines > longest {
		return []string{fmt.Sprintf("has %d lines, %d at most", f.lines, longest)}
	}
	return nil
}

// decidingCodeNeitherLogsNorLooksAtTheClock: those layers return errors and are
// handed a clock.
func decidingCodeNeitherLogsNorLooksAtTheClock(f file) (broken []string) {
	if !slices.Contains([]string{"entity", "service", "repository"}, f.layer()) {
		return nil
	}
	if f.uses("log") {
		broken = append(broken, "logs")
	}
	if f.mentions("time", "Now") {
		broken = append(broken, "looks at the clock")
	}
	return broken
}

// onlyMainsTalkToTheProcess: exits and environment belong to main and config.
func onlyMainsTalkToTheProcess(f file) (broken []string) {
	if f.syntax.Name.Name == "main" || f.within("common/config", "common/faultpoint") {
		return nil
	}
	for _, name := range []string{"Exit", "Getenv", "LookupEnv", "Environ"} {
		if f.mentions("os", name) {
			broken = append(broken, "uses os."+name)
		}
	}
	return broken
}

// nameOf writes package.Name, or the last two names of a longer path.
func nameOf(e ast.Expr) string {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	switch left := selector.X.(type) {
	case *ast.Ident:
		return left.Name + "." + selector.Sel.Name
	case *ast.SelectorExpr:
		return left.Sel.Name + "." + selector.Sel.Name
	default:
		return ""
	}
}

// nobodyPanics, except in the one way by which net/http is told to drop a
// connection.
func nobodyPanics(f file) (broken []string) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name, ok := call.Fun.(*ast.Ident)
		if ok && name.Name == "panic" && (len(call.Args) != 1 || nameOf(call.Args[0]) != "http.ErrAbortHandler") {
			broken = append(broken, "panics")
		}
		return true
	})
	return broken
}

// mentions reports whether the file names something of a package.
func (f file) mentions(library, name string) (found bool) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && nameOf(e) == library+"."+name {
			found = true
		}
		return !found
	})
	return found
}
