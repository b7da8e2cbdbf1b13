# What the build and test scripts share; sourced by them, with $home set to the project's directory.
# shellcheck shell=bash

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { say "$*"; exit 1; }

# install PACKAGE…: Debian packages, by ourselves where that needs no password, else by telling how.
install() {
  local as_root=()
  command -v apt-get >/dev/null || die "$* missing: please install it (packages named as on Debian)"
  if [[ $(id -u) != 0 ]]; then
    sudo -n true 2>/dev/null || die "$* missing: please run: sudo apt-get install -y $*"
    as_root=(sudo -n)
  fi
  say "installing $* (Debian)"
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get install -qq -y --no-install-recommends "$@" >"$home/build/install.log" 2>&1 && return
  "${as_root[@]}" apt-get update -qq >"$home/build/install.log" 2>&1 || true
  "${as_root[@]}" apt-get install -qq -y --no-install-recommends "$@" >>"$home/build/install.log" 2>&1 ||
    die "could not install $*: $(tail -n 1 "$home/build/install.log")"
}

# is_jdk DIRECTORY: whether it is a JDK (not only a runtime) of version 25 or later.
is_jdk() {
  [[ -x $1/bin/javac && -r $1/release ]] || return 1
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [[ ${version:-0} -ge 25 ]]
}

find_jdk() {
  local jdk candidates=(${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*)
  if jdk=$(command -v javac); then candidates+=("$(dirname "$(dirname "$(readlink -f "$jdk")")")"); fi
  for jdk in "${candidates[@]}"; do
    if is_jdk "$jdk"; then
      export JAVA_HOME=$jdk
      return
    fi
  done
  if apt-cache policy openjdk-25-jdk-headless 2>/dev/null | grep -q 'Candidate: [0-9]'; then
    install openjdk-25-jdk-headless
    find_jdk
    return
  fi
  die "no JDK 25 or later in JAVA_HOME, /usr/lib/jvm or PATH: please install one (for example Temurin 25, package temurin-25-jdk from adoptium.net) or set JAVA_HOME"
}

find_maven() {
  command -v mvn >/dev/null || install maven
  local version
  version=$(mvn -B -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | awk '{print $1 * 100 + $2}')
  [[ ${version:-0} -ge 308 ]] || die "mvn is too old (expected: Maven 3.8 or later): please run: sudo apt-get install maven"
}

find_python() {
  command -v python3 >/dev/null || install python3 python3-venv
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    die "$(python3 -V) is too old (expected: Python 3.10 or later)"
  python3 -c 'import venv, ensurepip' 2>/dev/null || install python3-venv
}

# get_python VERSION: one beside the system's own, from Debian or, where that has none, through uv from its makers, below
# build/python. False if neither is possible: there is no such package and no way to the net.
get_python() {
  if apt-cache policy "python$1-venv" 2>/dev/null | grep -q 'Candidate: [0-9]'; then
    (install "python$1" "python$1-venv")
    return
  fi
  say "getting Python $1 (uv, into build/python)"
  { python3 -m venv "$home/build/uv" && "$home/build/uv/bin/pip" install -q --disable-pip-version-check uv &&
    UV_HTTP_TIMEOUT=20 timeout 300 "$home/build/uv/bin/uv" python install -q "$1" --no-bin --install-dir "$home/build/python"; } \
    >"$home/build/python.log" 2>&1
}

# lock [WHAT]: from here on, this is the only build (of that) in this directory.
lock() {
  mkdir -p "$home/build"
  exec 9>"$home/build/lock${1:+-$1}"
  if ! flock -n 9; then
    say "waiting for another build …"
    flock 9
  fi
}
