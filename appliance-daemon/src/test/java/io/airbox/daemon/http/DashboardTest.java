package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.daemon.TestDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Holds the dashboard and the alert rules of {@code docs/} to what {@code /metrics} tells. */
class DashboardTest {
  private static final Path DOCS = Path.of(System.getProperty("airbox.root"), "docs");
  private static final Pattern METRIC = Pattern.compile("\\bairbox_[a-z_]+");

  @TempDir Path data;

  /** What a box at work tells, one that got too hot, and this machine. */
  private Set<String> told() throws Exception {
    Set<String> names = new TreeSet<>();
    try (TestDaemon daemon = daemon("load", "work")) {
      daemon.finished(daemon.submit("{\"prompt\":\"apple\"}"));
      names.addAll(
          scraped(
              daemon,
              text ->
                  text.contains("airbox_pictures_measured_total")
                      && text.contains("airbox_network_bytes_per_second")));
    }
    try (TestDaemon daemon = daemon("throttled", "hot")) {
      names.addAll(scraped(daemon, text -> text.contains("\nairbox_alarm{")));
    }
    // no recorded tree tells how full its file systems are; this machine does
    try (TestDaemon daemon = TestDaemon.start(data.resolve("here"))) {
      names.addAll(scraped(daemon, text -> text.contains("\nairbox_storage_bytes{")));
    }
    return names;
  }

  private TestDaemon daemon(String machine, String folder) throws Exception {
    Path box = Path.of(System.getProperty("airbox.root"), "power-monitor/src/test/box", machine);
    return TestDaemon.start(data.resolve(folder), Map.of("sysroot", box.toString()));
  }

  private static Set<String> scraped(TestDaemon daemon, Predicate<String> whole) {
    String text =
        await().until(() -> OwnerSocket.ask(daemon, "GET", "/metrics", "").text(), whole::test);
    return metrics(text);
  }

  private static Set<String> metrics(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
  }

  @Test
  void everyMetricOfDashboardAndRulesIsTold() throws Exception {
    Set<String> used = new TreeSet<>();
    JsonNode dashboard = new ObjectMapper().readTree(DOCS.resolve("grafana/airbox.json").toFile());
    assertThat(dashboard.get("panels")).hasSizeGreaterThan(10);
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        used.addAll(metrics(target.get("expr").asText()));
      }
    }
    used.addAll(metrics(dashboard.at("/templating/list/1/query/query").asText()));
    for (Map<String, Object> rule : rules()) {
      used.addAll(metrics(String.valueOf(rule.get("expr"))));
    }

    assertThat(used).hasSizeGreaterThan(15);
    assertThat(told()).containsAll(used);
  }

  @Test
  void everyRuleSaysWhatItMeans() throws IOException {
    assertThat(rules())
        .allSatisfy(
            rule -> {
              assertThat(String.valueOf(rule.get("alert"))).startsWith("AirBox");
              assertThat(rule).containsKeys("expr", "labels", "annotations");
            });
    assertThat(rules()).extracting(rule -> rule.get("alert")).doesNotHaveDuplicates();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> rules() throws IOException {
    Load load = new Load(LoadSettings.builder().build());
    var document =
        (Map<String, List<Map<String, Object>>>)
            load.loadFromString(Files.readString(DOCS.resolve("prometheus/alerts.yml")));
    return (List<Map<String, Object>>) document.get("groups").get(0).get("rules");
  }
}
