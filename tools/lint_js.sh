#!/bin/sh
# Lints the JavaScript of the web page and its tests with Biome: tools/lint_js.sh. The rules are in biome.jsonc.
# Needs Node.js with npm, which downloads Biome at the first run. Without Node.js: prints a line and succeeds, or fails
# where INKLING_REQUIRE_BROWSER=1.
set -eu
BIOME=2.6.8
cd "$(dirname "$0")/.."

skip() {
  echo "JavaScript not linted: $1"
  test "${INKLING_REQUIRE_BROWSER:-}" != 1
  exit
}

command -v npx >/dev/null 2>&1 || skip "Node.js with npm is missing (https://nodejs.org)."
npx --yes "@biomejs/biome@$BIOME" --version >/dev/null 2>&1 || skip "npm cannot download Biome $BIOME."
exec npx --yes "@biomejs/biome@$BIOME" lint --error-on-warnings static/js tests/js tests/support static/lang static/lessons
