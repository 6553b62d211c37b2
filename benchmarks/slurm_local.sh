#!/usr/bin/env bash
# SLURM on this machine alone, on loopback, in a folder that is removed at the end; then steps of the edition through the
# profile `slurm`, and the same steps without it: the outputs must be the same bytes.
#
#   benchmarks/slurm_local.sh [TARGET…]        (default: scores)
#
# Needs root and Debian's slurmctld, slurmd, slurm-client and munge (apt-get install --no-install-recommends slurmctld
# slurmd slurm-client munge), and in .venv what requirements-cluster.lock lists. Installs nothing, leaves nothing running.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
python=$root/.venv/bin/python
targets=("${@:-scores}")
for program in munged slurmctld slurmd sbatch squeue; do
  PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || { echo "$program is missing: see the head of $0" >&2; exit 2; }
done
"$python" -c "import snakemake_executor_plugin_slurm" 2>/dev/null || {
  echo "the plugin is missing: .venv/bin/python -m pip install --no-deps --require-hashes -r requirements-cluster.lock" >&2
  exit 2
}
[ "$(id -u)" = 0 ] || { echo "slurmd starts jobs as their user and needs root" >&2; exit 2; }

work=$(mktemp -d /tmp/klastry-slurm.XXXXXX)
started=()
finish() {
  code=$?
  if [ $code != 0 ]; then
    tail -n 20 "$work"/slurmctld.log "$work"/slurmd.log "$work"/munged.log >&2 || true
    find "$work" -path '*/joblogs/*' -name '*.log' -exec tail -n 25 {} + >&2 || true
  fi
  [ -f "$work/slurm.conf" ] && scancel --me 2>/dev/null || true
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do kill "${started[i]}" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
  exit $code
}
trap finish EXIT

# munge: who asks is who they say they are; a key of this run only.
mkdir -m 0755 "$work/munge"
head -c 1024 /dev/urandom >"$work/munge/key"
chmod 0400 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" --seed-file="$work/munge/seed" \
  --pid-file="$work/munge/pid" --num-threads=2 >"$work/munged.log" 2>&1 &
started+=($!)

memory=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 1024 * 3 / 4))
host=$(hostname -s)
# No cgroups: containers rarely allow them. Loopback only: nothing else on the network may send jobs here.
cat >"$work/slurm.conf" <<EOF
ClusterName=klastry
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmdSpoolDir=$work/slurmd
StateSaveLocation=$work/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
MinJobAge=300
SchedulerParameters=sched_interval=2,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$memory State=UNKNOWN
PartitionName=local Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
export SLURM_CONF=$work/slurm.conf
mkdir -p "$work/state" "$work/slurmd"
for _ in $(seq 50); do [ -S "$work/munge/socket" ] && break; sleep 0.1; done
slurmctld -D -f "$SLURM_CONF" >"$work/slurmctld.log" 2>&1 &
started+=($!)
slurmd -D -f "$SLURM_CONF" -N "$host" >"$work/slurmd.log" 2>&1 &
started+=($!)
for _ in $(seq 60); do sinfo -h -o %T 2>/dev/null | grep -q '^idle' && break; sleep 0.5; done
sinfo -h -o %T | grep -q '^idle' || { echo "the node did not come up" >&2; sinfo >&2 || true; exit 1; }
echo "SLURM $(sinfo --version | cut -d' ' -f2) on $host: $(sinfo -h -o '%P %D node(s), %c CPUs, %m MB, %T')"

# The profile as it is, but with looks at short intervals, and squeue: this SLURM keeps no accounts.
mkdir "$work/profile"
sed -e '/^seconds-between-status-checks/d' -e '/^slurm-init-seconds/d' -e 's/^latency-wait:.*/latency-wait: 10/' \
  "$root/workflow/profiles/slurm/config.yaml" >"$work/profile/config.yaml"
cat >>"$work/profile/config.yaml" <<EOF
seconds-between-status-checks: 1
slurm-init-seconds-before-status-checks: 1
slurm-status-command: squeue
slurm-no-account: true
slurm-logdir: "$work/joblogs"
slurm-keep-successful-logs: true
EOF
# The plugin takes variables of SLURM out of the environment of jobs; where the configuration does not lie in /etc, srun
# needs one of them.
mkdir "$work/bin"
printf '#!/bin/sh\nSLURM_CONF=%s exec %s "$@"\n' "$SLURM_CONF" "$(command -v srun)" >"$work/bin/srun"
chmod +x "$work/bin/srun"
for name in through_slurm here; do
  mkdir "$work/$name"
  for part in analysis config data notebooks report workflow pyproject.toml CITATION.cff requirements.lock; do
    cp -r "$root/$part" "$work/$name/"
  done
done
build() { # folder, arguments
  (cd "$work/$1" && env PYTHONPATH="$work/$1" KLASTRY_PROJECT="$work/$1" PATH="$work/bin:$root/.venv/bin:$PATH" \
    "$python" -m analysis.cli build "${@:2}")
}
echo "through SLURM: klastry build --profile slurm ${targets[*]}"
build through_slurm --profile "$work/profile" "${targets[@]}"
jobs=$(find "$work/joblogs" -name '*.log' | wc -l)
echo "jobs that SLURM ran: $jobs"
scontrol show jobs -o | grep -o 'JobId=[0-9]*\|JobState=[A-Z]*\|Comment=[^ ]*\|RunTime=[0-9:]*\|MinMemoryNode=[^ ]*' | paste -sd' ' |
  sed 's/ JobId=/\nJobId=/g'
[ "$jobs" -gt 0 ]
echo "here: klastry build ${targets[*]}"
build here "${targets[@]}"
hashes() { (cd "$work/$1/build" && find . -type f ! -path '*/logs/*' ! -name '.lock' ! -name '.steps' -exec sha256sum {} + | sort -k2); }
diff <(hashes through_slurm) <(hashes here) || { echo "outputs differ" >&2; exit 1; }
echo "the same $(hashes here | wc -l) files, byte for byte"
