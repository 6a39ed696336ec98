package arch

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// nothingHappensBeforeMain: no init functions, and no package variables that
// could change.
func nothingHappensBeforeMain(f file) (broken []string) {
	for _, declaration := range f.syntax.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				broken = append(broken, "has an init function")
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				broken = append(broken, f.mutable(d)...)
			}
		}
	}
	return broken
}

// mutable lists the variables of a declaration that could change.
func (f file) mutable(d *ast.GenDecl) (broken []string) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || embeds(d.Doc) || embeds(v.Doc) {
			continue
		}
		for i, name := range v.Names {
			fixed := i < len(v.Values) && (constant(v.Values[i]) || (table(v.Values[i]) && !name.IsExported() && !f.written[name.Name]))
			if name.Name != "_" && !fixed {
				broken = append(broken, "has a variable that can change: "+name.Name)
			}
		}
	}
	return broken
}

func embeds(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// constant reports whether a value stays what it is, though Go has no constants
// of its type: errors, compiled patterns and pages, what is made once.
func constant(value ast.Expr) bool {
	call, ok := value.(*ast.CallExpr)
	if !ok {
		return false
	}
	made := []string{
		"errors.New", "fmt.Errorf", "fault.New", "fault.Invalidf", "fault.NotFoundf", "regexp.MustCompile", "template.Must",
		"sync.OnceFunc", "sync.OnceValue", "sync.OnceValues", "strings.NewReplacer", "RawStdEncoding.Strict", "RawURLEncoding.Strict",
	}
	return slices.Contains(made, nameOf(call.Fun))
}

// table reports whether a value is a literal that only an assignment changes.
func table(value ast.Expr) bool {
	literal, ok := value.(*ast.CompositeLit)
	if !ok {
		return false
	}
	library, _, _ := strings.Cut(nameOf(literal.Type), ".")
	return library != "sync" && library != "atomic"
}

// written lists what a file assigns to, takes the address of, or empties. A
// local variable may have the name of a package's; that costs a false alarm.
func written(syntax *ast.File) map[string]bool {
	names := map[string]bool{}
	note := func(targets ...ast.Expr) {
		for _, target := range targets {
			names[rootOf(target)] = true
		}
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				note(n.Lhs...)
			}
		case *ast.IncDecStmt:
			note(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				note(n.X)
			}
		case *ast.CallExpr:
			if name, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && slices.Contains([]string{"delete", "clear", "copy"}, name.Name) {
				note(n.Args[0])
			}
		}
		return true
	})
	return names
}

// rootOf is the variable at the bottom of an expression such as a.b[c].
func rootOf(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x.Name
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return ""
		}
	}
}

// shareWritten lets every file know what those of its package write.
func shareWritten(files []file) {
	packages := map[string]map[string]bool{}
	for _, f := range files {
		if packages[f.folder] == nil {
			packages[f.folder] = map[string]bool{}
		}
		maps.Copy(packages[f.folder], written(f.syntax))
	}
	for i := range files {
		files[i].written = packages[files[i].folder]
	}
}
