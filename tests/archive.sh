#!/usr/bin/env bash
# Exports what a seeded emulator has, verifies it, shows it, brings it up to date, and has it served again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

source tests/programs.sh

scratch=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap cleanup EXIT

# start NAME OPTION...: starts an emulator, whose connection string is then in the environment.
start() {
  RUST_LOG=warn "$emulator" --port 0 "${@:2}" >"$scratch/$1.out" &
  pids+=($!)
  until COMMUNICATION_SERVICES_CONNECTION_STRING=$(grep -m 1 ^endpoint= "$scratch/$1.out"); do
    kill -0 $!
    sleep 0.1
  done
  export COMMUNICATION_SERVICES_CONNECTION_STRING
}

cat >"$scratch/seed.json" <<'SEED'
{
  "users": [{ "name": "alice" }, { "name": "bob" }],
  "threads": [{
    "id": "19:acsV2_lunch@thread.v2", "topic": "Lunch", "createdBy": "alice",
    "participants": [{ "user": "bob", "displayName": "Bob" }],
    "messages": [
      { "from": "alice", "content": "Pizza?" },
      { "from": "bob", "content": "With mushrooms.", "attachments": [{ "bytes": "b3JpZ2luYWw=", "preview": "c21hbGw=" }] }
    ]
  }]
}
SEED
start seeded --seed "$scratch/seed.json"
# The other one is discovered.
sed -n 's/^user.alice=\(.*\)/\1 Alice Example/p' "$scratch/seeded.out" >"$scratch/users.txt"

"$archive" export --users "$scratch/users.txt" --dry-run
RUST_LOG=trace "$archive" export --users "$scratch/users.txt" --to "$scratch/archive" 2>"$scratch/log"
"$archive" verify "$scratch/archive" --online
"$archive" export --users "$scratch/users.txt" --to "$scratch/archive" | tee "$scratch/second"
grep -q 'new or changed *0$' "$scratch/second"
"$archive" show "$scratch/archive" lunch | tee "$scratch/shown"
grep -q 'Alice Example: Pizza?$' "$scratch/shown"
grep -q 'Bob: With mushrooms.$' "$scratch/shown"
"$archive" pages "$scratch/archive" --to "$scratch/pages"
key=$(sed 's/.*accesskey=//' <<<"$COMMUNICATION_SERVICES_CONNECTION_STRING")
if grep -rqF "$key" "$scratch/archive"; then
  echo 'the access key is in the archive' >&2
  exit 1
fi
# Whatever is logged: nothing that people wrote, no token (they begin so), no key.
grep -qF chat.call "$scratch/log"
for secret in Pizza mushrooms eyJ "$key"; do
  if grep -qF "$secret" "$scratch/log"; then
    echo "$secret is in the log" >&2
    exit 1
  fi
done

# The same from the emulator that serves the archive.
start imported --import "$scratch/archive"
"$archive" export --users "$scratch/users.txt" --to "$scratch/again"
cmp "$scratch"/{archive,again}/threads/*/receipts.jsonl
"$archive" show "$scratch/again" lunch | cmp - "$scratch/shown"
