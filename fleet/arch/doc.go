// Package arch holds the repository to its architecture: who may import whom,
// which library is used where, what code may not do and how long a file may be.
// It is all tests; they find new modules and folders by themselves. What a rule
// is for is told in docs/architecture.md.
package arch
