#!/usr/bin/env bash
# Brings a bot's data back, over the API, and waits until that is done:
#
#   LAUNCHPAD_API=https://…/api LAUNCHPAD_TOKEN=… infra/tenant/restore.sh dep_… 2026-02-08 [--yes]
#
# Says first what would be lost, and asks. The newest backup of that day or of before it is taken.
set -euo pipefail
fail() { echo "restore: $*" >&2; exit 1; }
[ $# -ge 2 ] || fail "say which deployment and which day: restore.sh dep_… 2026-02-08"
: "${LAUNCHPAD_API:?is where the API is, https://…/api}" "${LAUNCHPAD_TOKEN:?is what signing in answers}"
deployment=$1 day=$2
ask() {
  curl -sS -X "$1" "$LAUNCHPAD_API/$2" -H "authorization: Bearer $LAUNCHPAD_TOKEN" -H 'content-type: application/json' ${3:+-d "$3"} --write-out '\n%{http_code}'
}
answered() {
  local code=${1##*$'\n'} body=${1%$'\n'*}
  [ "${code:0:1}" = 2 ] || fail "$(jq -r '.detail // .title' <<<"$body" 2>/dev/null || echo "the API answered $code")"
  printf '%s' "$body"
}
wanted=$(jq -nc --arg date "$day" '{date: $date, why: "restore.sh"}')
plan=$(answered "$(ask POST "deployments/$deployment/restore?plan=true" "$wanted")")
jq -r '"\(.backup.id) of \(.backup.at), \(.backup.files) files.", "Lost: \(.loses[])", "By hand: \(.relink[])", "Away for about \(.downtimeSeconds) s. \(.undo)"' <<<"$plan"
if [ "${3:-}" != --yes ]; then
  read -rp "Restore $deployment? [y/N] " answer
  [ "$answer" = y ] || fail "nothing was changed."
fi
backup=$(jq -r .backup.id <<<"$plan")
operation=$(answered "$(ask POST "deployments/$deployment/restore" "$(jq -nc --arg backup "$backup" '{backup: $backup, why: "restore.sh"}')")" | jq -r .operation)
while state=$(answered "$(ask GET "operations/$operation")"); do
  jq -r '.steps[-1] // empty | "  \(.title): \(.status)"' <<<"$state"
  case $(jq -r .status <<<"$state") in
    succeeded) echo "restore: done, $operation"; exit 0 ;;
    failed) fail "$(jq -r '"\(.failure.message) \(.failure.next)"' <<<"$state")" ;;
  esac
  sleep 2
done
