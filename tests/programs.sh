# Sourced by the scripts beside it: builds the programs, and sets `emulator` and `archive` to where they are.
# All scripts build them together, since cargo chooses the features of their dependencies by what is built together:
# each choice would be a build of its own.
programs=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." &&
  cargo build --quiet --locked --package chat-emulator --package chat-archive \
    --message-format json-render-diagnostics | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
emulator=$(grep /chat-emulator <<<"$programs")
archive=$(grep /chat-archive <<<"$programs")
