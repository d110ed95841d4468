#!/bin/sh
# Have Chromium and Node for the tests, where that can be done without asking: by apt as root, else Playwright's own
# Chromium. Never fails: a test that lacks its browser says so.
#   tools/install_browser.sh .venv/bin
bin=$1

found() {  # not named as a program that it asks for: command -v would find the function
    [ -n "${INKLING_CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome ||
        ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/*/chrome
} >/dev/null 2>&1

missing=""
found || missing="chromium"
command -v node >/dev/null 2>&1 || missing="$missing nodejs"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:" $missing
    # shellcheck disable=SC2086
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing; } >/dev/null ||
        echo "apt-get could not install:" $missing
fi
found || "$bin/playwright" install chromium ||
    echo "There is no Chromium; the browser tests will be skipped. Set INKLING_CHROMIUM to the path of one."
exit 0
