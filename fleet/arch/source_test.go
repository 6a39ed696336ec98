package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// ours is what the import paths of the repository begin with.
const ours = "github.com/oms-fleet/oms/"

// file is one source file, tests aside.
type file struct {
	path    string // from the repository's root
	folder  string // its package, from the root
	imports []string
	lines   int
	syntax  *ast.File
	written map[string]bool // variables that its package writes
}

// service is the service that the file belongs to, "" if to none.
func (f file) service() string {
	module, _, _ := strings.Cut(f.folder, "/")
	if strings.HasSuffix(module, "-service") {
		return module
	}
	return ""
}

// layer is the layer of a service that the file belongs to: a folder of
// internal, app, or main.
func (f file) layer() string {
	parts := strings.Split(f.folder, "/")
	switch {
	case f.service() == "":
		return ""
	case len(parts) == 1:
		return "main"
	case parts[1] == "internal" && len(parts) > 2:
		return parts[2]
	default:
		return parts[1]
	}
}

// within reports whether the file lies in one of the folders or below.
func (f file) within(folders ...string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return f.folder == folder || strings.HasPrefix(f.folder, folder+"/")
	})
}

// imports reports whether the file imports that package or one below it.
func (f file) uses(library string) bool {
	return slices.ContainsFunc(f.imports, func(i string) bool { return i == library || strings.HasPrefix(i, library+"/") })
}

// load reads all modules that go.work names. Packages that exist for tests alone
// (named …test) are tests too.
func load(root fs.FS) ([]file, error) {
	work, err := fs.ReadFile(root, "go.work")
	if err != nil {
		return nil, fmt.Errorf("find the modules: %w", err)
	}
	var found []file
	for line := range strings.Lines(string(work)) {
		module, ok := strings.CutPrefix(strings.TrimSpace(line), "./")
		if !ok {
			continue
		}
		files, err := loadModule(root, module)
		if err != nil {
			return nil, err
		}
		found = append(found, files...)
	}
	shareWritten(found)
	return found, nil
}

func loadModule(root fs.FS, module string) (found []file, err error) {
	return found, fs.WalkDir(root, module, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := path.Base(name); base == "testdata" || strings.HasSuffix(base, "test") || strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parse(root, name)
		found = append(found, f)
		return err
	})
}

func parse(root fs.FS, name string) (file, error) {
	source, err := fs.ReadFile(root, name)
	if err != nil {
		return file{}, fmt.Errorf("read %s: %w", name, err)
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return file{}, fmt.Errorf("parse %s: %w", name, err)
	}
	f := file{path: name, folder: path.Dir(name), lines: bytes.Count(source, []byte("\n")), syntax: syntax}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return file{}, fmt.Errorf("parse %s: %w", name, err)
		}
		f.imports = append(f.imports, imported)
	}
	return f, nil
}
