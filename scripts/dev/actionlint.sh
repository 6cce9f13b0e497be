# Sourced by ./dev: actionlint, compiled by Go from its module, and shellcheck, which it runs on the scripts in workflows.
#
# The Go of Debian 12 is too old for it, but can fetch a newer one: Go's own builds are modules, too, and the database of
# sums has their sums.
# shellcheck shell=bash

actionlint_version=1.7.12
actionlint_go=1.25.0

need_actionlint() {
  PATH=$STRONGROOM_CACHE/actionlint:$PATH
  need_apt shellcheck shellcheck
  if [ "$(actionlint -version 2>/dev/null | head -n 1)" = "v$actionlint_version" ]; then return; fi
  need_apt go golang-go
  note "actionlint $actionlint_version, from its Go module"
  step 'actionlint' build_actionlint
}

build_actionlint() {
  local go
  go=$(recent_go) && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-modcacherw GOBIN=$STRONGROOM_CACHE/actionlint \
    "$go" install "github.com/rhysd/actionlint/cmd/actionlint@v$actionlint_version"
}

# recent_go: prints the path of a Go that can compile it.
recent_go() {
  if at_least "$actionlint_go" "$(GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//')"; then
    command -v go
    return
  fi
  local module root
  module=golang.org/toolchain@v0.0.1-go$actionlint_go.$(go env GOOS)-$(go env GOARCH)
  root=$(GOTOOLCHAIN=local GOFLAGS=-modcacherw go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p') || return
  # Files in a module are never executable.
  chmod +x "$root"/bin/* "$root"/pkg/tool/*/* && echo "$root/bin/go"
}
