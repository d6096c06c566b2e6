#!/usr/bin/env bash
# Becomes one node of a cluster on loopback: node.sh HOME FOLDER NUMBER NODES HTTP TRANSPORT
# HOME is what fetch.sh made, FOLDER takes what the node writes; ports are HTTP + NUMBER and TRANSPORT + NUMBER.
# The script ends in `exec`, so that its process is the node's own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$1" && pwd) number=$3 nodes=$4 http=$5 transport=$6
mkdir -p "$2/node$number"/{config,data,logs,tmp}
folder=$(cd "$2/node$number" && pwd)
jdk=$("$here/jdk.sh")

seeds='' managers=''
for other in $(seq "$nodes"); do
  seeds+="${seeds:+, }\"127.0.0.1:$((transport + other))\""
  managers+="${managers:+, }\"node$other\""
done
cat > "$folder/config/opensearch.yml" <<YAML
cluster.name: tiaokuan-test-$transport
node.name: node$number
network.host: 127.0.0.1
http.port: $((http + number))
transport.port: $((transport + number))
discovery.seed_hosts: [$seeds]
cluster.initial_cluster_manager_nodes: [$managers]
path.data: $folder/data
path.logs: $folder/logs
# A test's indices are small, and a machine's disk may be nearly full.
cluster.routing.allocation.disk.threshold_enabled: false
# A misspelt index is an error.
action.auto_create_index: false
YAML
cat > "$folder/config/log4j2.properties" <<'LOG'
status = error
appender.log.type = File
appender.log.name = log
appender.log.fileName = ${sys:opensearch.logs.base_path}${sys:file.separator}node.log
appender.log.layout.type = PatternLayout
appender.log.layout.pattern = %d{ISO8601} %-5p %c{1.} %marker%m%n
rootLogger.level = info
rootLogger.appenderRef.log.ref = log
LOG
options=(
  -Xms384m -Xmx384m -XX:MaxDirectMemorySize=192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1
  -XX:+ExitOnOutOfMemoryError -Xss1m
  # The agent watches what plugins may do; it is found from the home.
  -javaagent:agent/opensearch-agent.jar
  --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED
  -Djava.awt.headless=true -Dfile.encoding=UTF-8 -Djava.locale.providers=SPI,CLDR
  -Djna.nosys=true -Dio.netty.noUnsafe=true -Dio.netty.noKeySetOptimization=true
  -Dio.netty.recycler.maxCapacityPerThread=0 -Dio.netty.allocator.numDirectArenas=0
  -Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1
  -Dlog4j.shutdownHookEnabled=false -Dlog4j2.disable.jmx=true
  "-Djava.io.tmpdir=$folder/tmp" "-XX:ErrorFile=$folder/logs/crash.log"
  "-Dopensearch.path.home=$home" "-Dopensearch.path.conf=$folder/config"
  -Dopensearch.distribution.type=zip -Dopensearch.bundled_jdk=false
  # The settings above are for tests, which start three nodes; what is measured wants others.
  ${OPENSEARCH_JAVA_OPTS:-}
)
cd "$home"
drop=()
if [ "$(id -u)" = 0 ]; then
  # OpenSearch does not run as root.
  chown -R 65534:65534 "$folder"
  drop=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
exec ${drop[@]+"${drop[@]}"} "$jdk/bin/java" "${options[@]}" -cp "$home/lib/*" org.opensearch.bootstrap.OpenSearch
